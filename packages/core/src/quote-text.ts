// A piece of what a user wrote, as it is shown in a problem: short, on one line, harmless to a terminal.

/** In double quotes, on one line, at most 40 characters, nothing a terminal would act on. */
export function quoteText(text: string): string {
  return `"${shorten(escapeControls(text.slice(0, 200)))}"`;
}

/** On one line, nothing a terminal would act on. */
export function escapeControls(text: string): string {
  let line = '';
  for (const character of text) line += isControl(character) ? escapeControl(character) : character;
  return line;
}

function escapeControl(character: string): string {
  if (character === '\n') return '\\n';
  return character === '\t' ? '\\t' : `\\x${character.codePointAt(0)!.toString(16).padStart(2, '0')}`;
}

/** C0, DEL, C1, and Unicode's own line breaks. */
export function isControl(character: string): boolean {
  const code = character.codePointAt(0)!;
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0x2028 || code === 0x2029;
}

export function shorten(text: string, limit = 40): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 3)}...`;
}

/** Whether a line of text names something that should not end up in a log. */
export function mayBeSecret(line: string): boolean {
  return /passw|secret|token|auth|key|psk/i.test(line);
}
