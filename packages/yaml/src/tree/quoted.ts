// The two quoted styles of YAML, on text that stands on one line or whose line breaks are already folded.

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0', a: '\x07', b: '\b', t: '\t', '\t': '\t', n: '\n', v: '\v', f: '\f', r: '\r', e: '\x1b',
  ' ': ' ', '"': '"', '/': '/', '\\': '\\', N: '\x85', _: '\xa0', L: '\u2028', P: '\u2029',
};
const HEX_LENGTH: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** Where the quoted text that starts at `start` ends: the offset of its closing quote, or -1. */
export function endOfQuoted(text: string, start: number): number {
  const quote = text[start]!;
  for (let at = start + 1; ; at += 1) {
    at = text.indexOf(quote, at);
    if (at < 0) return -1;
    if (quote === "'") {
      if (text[at + 1] !== "'") return at;
      at += 1;
    } else if (!isEscaped(text, start, at)) {
      return at;
    }
  }
}

function isEscaped(text: string, start: number, at: number): boolean {
  let slashes = 0;
  while (at - 1 - slashes > start && text[at - 1 - slashes] === '\\') slashes += 1;
  return slashes % 2 === 1;
}

/** The inside of single quotes. */
export function unescapeSingle(inside: string): string {
  return inside.includes("'") ? inside.replaceAll("''", "'") : inside;
}

/** The inside of double quotes; undefined when it has an escape that YAML does not know. */
export function unescapeDouble(inside: string): string | undefined {
  if (!inside.includes('\\')) return inside;
  // Each part but the first begins with what an escape is about; an empty one stands between two backslashes.
  const parts = inside.split('\\');
  const out = [parts[0]!];
  for (let i = 1; i < parts.length; i += 1) {
    const part = parts[i]!;
    const letter = part[0];
    if (letter === undefined) {
      i += 1;
      if (i >= parts.length) return undefined;
      out.push('\\', parts[i]!);
    } else if (HEX_LENGTH[letter] !== undefined) {
      const digits = part.slice(1, 1 + HEX_LENGTH[letter]);
      const code = digits.length === HEX_LENGTH[letter] && /^[0-9a-fA-F]+$/.test(digits) ? Number.parseInt(digits, 16) : Infinity;
      if (code > 0x10ffff) return undefined;
      out.push(String.fromCodePoint(code), part.slice(1 + digits.length));
    } else {
      const character = ESCAPES[letter];
      if (character === undefined) return undefined;
      out.push(character, part.slice(1));
    }
  }
  return out.join('');
}
