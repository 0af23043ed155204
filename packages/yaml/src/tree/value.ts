// Values of a configuration, and the types that YAML 1.1 gives to plain text. RancherOS reads its files with Go's
// yaml.v2, so `yes`, `on` and `0755` mean there what they mean here.

export type Scalar = null | boolean | number | string;
export type Value = Scalar | readonly Value[] | { readonly [key: string]: Value };

export type ValueMap = { readonly [key: string]: Value };

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

export function isMap(value: Value | undefined): value is ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `y yes on true` and `n no off false`, in any case. Undefined for other text. */
export function parseBoolean(text: string): boolean | undefined {
  if (text.length > 5) return undefined;
  switch (text.toLowerCase()) {
    case 'true': case 'yes': case 'y': case 'on': return true;
    case 'false': case 'no': case 'n': case 'off': return false;
    default: return undefined;
  }
}

/** Decimal, 0x, 0b, and octal written 0755 or 0o755; `_` between digits is skipped. Undefined for other text. */
export function parseInteger(text: string): number | undefined {
  if (text.length > 24) return undefined;
  // Most numbers are written in the one usual way.
  const usual = Number(text);
  if (Number.isSafeInteger(usual) && String(usual) === text) return usual;
  const match = /^([-+]?)(0x[0-9a-f_]+|0b[01_]+|0o?[0-7_]+|[1-9][0-9_]*|0)$/i.exec(text);
  if (match === null) return undefined;
  const digits = match[2]!.replace(/_/g, '').replace(/^0(?=[0-7])/, '0o');
  const value = Number(digits);
  if (!Number.isSafeInteger(value)) return undefined;
  return match[1] === '-' ? 0 - value : value;
}

/** What plain text, without quotes, stands for. */
export function resolvePlain(text: string): Scalar {
  const first = text.charCodeAt(0);
  // Most text starts with a letter that none of the special words has.
  if (first > 0x39 && !'~nNyYtTfFoO'.includes(text[0]!)) return text;
  if (text === '' || text === '~' || text === 'null' || text === 'Null' || text === 'NULL') return null;
  const flag = parseBoolean(text);
  if (flag !== undefined) return flag;
  if (first > 0x39) return text;
  // Neither a sign, a digit nor a dot: no number.
  if (first < 0x30 && first !== 0x2b && first !== 0x2d && first !== 0x2e) return text;
  const integer = parseInteger(text);
  if (integer !== undefined) return integer;
  if (/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)(e[-+]?[0-9]+)?$/i.test(text) && !/^[-+]?[0-9_]+$/.test(text)) {
    const value = Number(text);
    // As with whole numbers, what is too large stays text.
    if (Number.isFinite(value)) return value;
  }
  return text;
}
