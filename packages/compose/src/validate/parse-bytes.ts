const UNITS = 'bkmgtp';

/** "64m", "1.5 GiB", "10": bytes in steps of 1024, rounded down. Undefined when it is no size. */
export function parseBytes(text: string): number | undefined {
  const match = /^(-?\d+(?:\.\d+)?) ?([bkmgtp]?)i?b?$/i.exec(text);
  if (match === null) return undefined;
  const power = match[2] === '' ? 0 : UNITS.indexOf(match[2]!.toLowerCase());
  return Math.trunc(Number(match[1]) * 1024 ** power);
}
