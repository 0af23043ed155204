// One more key in somebody's cloud-config, touching nothing else of its text.

/** Undefined when the text is no cloud-config (a script, say) and must stay as it is. */
export function addSshKey(text: string, publicKey: string): string | undefined {
  if (!/^#cloud-config\s*$/m.test(text.split('\n')[0] ?? '')) return undefined;
  const inline = /^ssh_authorized_keys:[ \t]*\[[ \t]*(\]?)/m.exec(text);
  if (inline !== null) return insertAfter(text, inline, inline[1] === ']' ? -1 : 0, inline[1] === ']' ? JSON.stringify(publicKey) : `${JSON.stringify(publicKey)}, `);
  const block = /^ssh_authorized_keys:[ \t]*(?:#.*)?\n(?:[ \t]*(?:#.*)?\n)*([ \t]*)- /m.exec(text);
  if (block !== null) return insertAfter(text, block, -2, `- ${publicKey}\n${block[1]!}`);
  return `${text.replace(/\n*$/, '\n')}ssh_authorized_keys:\n  - ${publicKey}\n`;
}

function insertAfter(text: string, found: RegExpExecArray, shift: number, what: string): string {
  const at = found.index + found[0].length + shift;
  return text.slice(0, at) + what + text.slice(at);
}
