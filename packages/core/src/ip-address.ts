// IP addresses as bytes, to ask whether one is inside a subnet.

/** 4 or 16 bytes; undefined when `text` is no numeric address. */
export function parseIpAddress(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return undefined;
  return Uint8Array.from(parts, Number);
}

function parseIpv6(text: string): Uint8Array | undefined {
  const last = text.slice(text.lastIndexOf(':') + 1);
  const tail = last.includes('.') ? parseIpv4(last) : undefined;
  if (last.includes('.') && tail === undefined) return undefined;
  const words = tail === undefined ? text : `${text.slice(0, -last.length)}${hex(tail[0]!, tail[1]!)}:${hex(tail[2]!, tail[3]!)}`;
  const [head = '', rest, ...more] = words.split('::');
  if (more.length > 0) return undefined;
  const left = head === '' ? [] : head.split(':');
  const right = rest === undefined || rest === '' ? [] : rest.split(':');
  const gap = 8 - left.length - right.length;
  if (rest === undefined ? gap !== 0 : gap < 1) return undefined;
  const groups = [...left, ...Array.from({ length: gap }, () => '0'), ...right];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return Uint8Array.from(groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]));
}

function hex(high: number, low: number): string {
  return ((high << 8) | low).toString(16);
}

/** `subnet`: ADDRESS/LENGTH. False when either is no such thing, or they are of two families. */
export function isInSubnet(address: string, subnet: string): boolean {
  const [base = '', length = ''] = subnet.split('/');
  const one = parseIpAddress(address);
  const other = parseIpAddress(base);
  if (one === undefined || other?.length !== one.length || !/^\d+$/.test(length) || Number(length) > one.length * 8) return false;
  return one.every((byte, i) => {
    const bits = Math.min(8, Math.max(0, Number(length) - i * 8));
    return byte >> (8 - bits) === other[i]! >> (8 - bits);
  });
}
