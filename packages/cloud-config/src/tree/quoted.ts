// The two quoted styles of YAML, on text that stands on one line or whose line breaks are already folded.

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0', a: '\x07', b: '\b', t: '\t', '\t': '\t', n: '\n', v: '\v', f: '\f', r: '\r', e: '\x1b',
  ' ': ' ', '"': '"', '/': '/', '\\': '\\', N: '\x85', _: '\xa0', L: '\u2028', P: '\u2029',
};
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([^]))/g;

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
  return inside.includes("'") ? inside.replace(/''/g, "'") : inside;
}

/** The inside of double quotes; undefined when it has an escape that YAML does not know. */
export function unescapeDouble(inside: string): string | undefined {
  if (!inside.includes('\\')) return inside;
  let bad = false;
  const text = inside.replace(ESCAPE, (whole, x?: string, u?: string, long?: string, other?: string) => {
    const digits = x ?? u ?? long;
    const code = digits === undefined ? -1 : Number.parseInt(digits, 16);
    if (code >= 0 && code <= 0x10ffff) return String.fromCodePoint(code);
    const plain = other === undefined ? undefined : ESCAPES[other];
    if (plain === undefined) bad = true;
    return plain ?? whole;
  });
  return bad ? undefined : text;
}
