// The command lines of reboot, poweroff, halt and shutdown.

import type { PowerAction } from '@drover/host';

export type PowerRequest =
  | { readonly action: PowerAction; readonly force: boolean; readonly delayMs: number }
  | { readonly help: string }
  | { readonly problem: string; readonly usage: string };

const FLAGS: Readonly<Record<string, PowerAction>> = {
  '-r': 'reboot', '--reboot': 'reboot', '-h': 'poweroff', '-P': 'poweroff', '-p': 'poweroff', '--poweroff': 'poweroff', '-H': 'halt', '--halt': 'halt',
};

function usageOf(name: string): string {
  if (name === 'shutdown') return 'usage: shutdown [-r | -h | -H] [-f] [now | +MINUTES | HH:MM]\n';
  return `usage: ${name} [-f]\n  -f  at once, without stopping containers and services\n`;
}

export function parsePowerCommand(name: string, args: readonly string[], now: Date): PowerRequest {
  const usage = usageOf(name);
  let action: PowerAction = name === 'reboot' ? 'reboot' : name === 'halt' ? 'halt' : 'poweroff';
  let force = false;
  let delayMs = 0;
  for (const arg of args) {
    if (arg === '--help' || (arg === '-h' && name !== 'shutdown')) return { help: usage };
    if (arg === '-f' || arg === '--force') force = true;
    else if (arg in FLAGS) action = FLAGS[arg]!;
    else if (name === 'shutdown' && !arg.startsWith('-')) {
      const delay = parseDelay(arg, now);
      if (delay === undefined) return { problem: `not a time: ${arg}`, usage };
      delayMs = delay;
    } else return { problem: `unknown option: ${arg}`, usage };
  }
  return { action, force, delayMs };
}

/** now, +MINUTES, HH:MM (UTC, as the machine's clock shows it). */
export function parseDelay(text: string, now: Date): number | undefined {
  if (text === 'now') return 0;
  const minutes = /^\+?(\d{1,5})$/.exec(text);
  if (minutes !== null) return Number(minutes[1]) * 60_000;
  const clock = /^(\d{1,2}):(\d\d)$/.exec(text);
  if (clock === null || Number(clock[1]) > 23 || Number(clock[2]) > 59) return undefined;
  const today = (Number(clock[1]) * 60 + Number(clock[2])) * 60_000;
  const since = ((now.getUTCHours() * 60 + now.getUTCMinutes()) * 60 + now.getUTCSeconds()) * 1000;
  return today > since ? today - since : today - since + 86_400_000;
}
