// Times by the guest's kernel clock, so that the start of the emulator does not count. The kernel prints its own clock
// on the serial line; what arrives there without a time is placed between by its time of arrival.

import { RosError } from '@drover/core';
import type { SerialConsole } from '@drover/e2e';

const STAMP = /^\[ *(\d+\.\d+)\]/gm;

/** Seconds of the kernel clock at which the first match was printed. */
export function kernelTimeOf(serial: SerialConsole, pattern: RegExp, since = 0): number {
  const found = new RegExp(pattern.source, pattern.flags.replace('g', '')).exec(serial.text.slice(since));
  if (found === null) throw new RosError('bench', `the serial console never showed ${pattern.source}`);
  const position = since + found.index;
  const start = serial.text.lastIndexOf('\n', position) + 1;
  const own = /^\[ *(\d+\.\d+)\]/.exec(serial.text.slice(start, start + 40));
  return own === null ? serial.arrivalOf(position) / 1000 - clockOffset(serial, since) : Number(own[1]);
}

/** Arrival minus stamp of the line that took the shortest way. */
function clockOffset(serial: SerialConsole, since: number): number {
  let least = Infinity;
  for (const stamp of serial.text.slice(since).matchAll(STAMP)) least = Math.min(least, serial.arrivalOf(since + stamp.index) / 1000 - Number(stamp[1]));
  if (least === Infinity) throw new RosError('bench', 'the kernel printed no time on the serial console');
  return least;
}

/** When dockerd logged that its API answers, in seconds since 1970. Takes its logfmt and its terminal format. */
export function parseApiTime(log: string): number {
  const lines = log.split('\n').filter((line) => line.includes('API listen on /var/run/docker.sock') || line.includes('API listen on /run/docker.sock'));
  const found = /(?:time="|\[)(\d{4}-\d\d-\d\dT[\d:]+)(\.\d+)?(Z|[+-]\d\d:\d\d)?/.exec(lines.at(-1) ?? '');
  if (found === null) throw new RosError('bench', `dockerd's log does not say when its API was up:\n${log.split('\n').slice(-10).join('\n')}`);
  return Date.parse(`${found[1]!}${found[3] ?? 'Z'}`) / 1000 + Number(found[2] ?? '0');
}
