// When the boot can't go on: say what failed, why and what to try, and give a shell on every console. The machine is
// never left without a way in, and PID 1 never exits.

import { explain, hintOf } from '@drover/core';
import type { Process, SystemHost } from '@drover/host';
import { activeConsoles } from './boot-log.ts';
import { BuiltinShell } from './builtin-shell.ts';
import type { Failure, RescueOutcome } from './phases.ts';

/** Leaving the shell with this code goes on without the failed task. */
const CONTINUE_CODE = 9;

export interface RescueRoot {
  /** Where a root with /bin/sh is mounted, or undefined when there is none yet. */
  readonly path: string | undefined;
}

/** What somebody who asked for the shell (rancher.recovery) sees. */
export const RECOVERY = 'recovery';

function renderRecovery(hasShell: boolean): string {
  return ['', '  The machine was started with rancher.recovery: the disks are mounted, no service runs yet.', '', ...renderUse(hasShell, 'to boot on'), ''].join('\n');
}

export function renderFailure(failure: Failure, hasShell: boolean): string {
  const hint = hintOf(failure.error) ?? failure.task.hint;
  return [
    '',
    '  The machine could not finish booting.',
    '',
    `  What failed: ${failure.task.name}`,
    `  Why:         ${explain(failure.error)}`,
    ...(hint === undefined ? [] : [`  What to try: ${hint}`]),
    '',
    ...renderUse(hasShell, `to try again, with "exit ${CONTINUE_CODE}" to go on without it`),
    '',
  ].join('\n');
}

function renderUse(hasShell: boolean, leaving: string): string[] {
  return [`  This is a ${hasShell ? 'rescue shell, as root' : 'small built-in rescue shell (type help)'}.`, `  Leave it with "exit" ${leaving}; "reboot -f" and "poweroff -f" work here, too.`];
}

export async function openRescueShell(host: SystemHost, reason: Failure | typeof RECOVERY, root: RescueRoot): Promise<RescueOutcome> {
  const hasShell = root.path !== undefined && host.files.exists(`${root.path}/bin/sh`);
  const message = reason === RECOVERY ? renderRecovery(hasShell) : renderFailure(reason, hasShell);
  const consoles = activeConsoles(host).filter((path) => host.files.exists(path));
  const usable = consoles.length === 0 ? ['/dev/console'] : consoles;
  for (const path of usable) host.files.append(path, message.replace(/\n/g, '\r\n'));
  if (!hasShell) return Promise.race(usable.map((path) => new BuiltinShell(host, path).run(CONTINUE_CODE)));
  const shells = usable.flatMap((path) => startShell(host, path, root.path!));
  if (shells.length === 0) return Promise.race(usable.map((path) => new BuiltinShell(host, path).run(CONTINUE_CODE)));
  const exit = await Promise.race(shells.map((shell) => shell.wait()));
  for (const shell of shells) shell.kill('HUP');
  return exit.code === CONTINUE_CODE ? 'continue' : 'retry';
}

/** None when this console can't be opened or the shell does not start: the built-in one is left. */
function startShell(host: SystemHost, console: string, root: string): Process[] {
  const env = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', 'TERM=linux', 'PS1=[rescue] \\w # '];
  let fd: number | undefined;
  try {
    fd = host.children.openDescriptor(console, 'read-write');
    return [host.children.start({ argv: ['/bin/sh', '-i'], env, root, descriptors: [[0, fd], [1, fd], [2, fd]], newSession: true, controllingTerminal: true })];
  } catch (error) {
    host.files.append(console, `no shell on ${console}: ${explain(error)}\r\n`);
    return [];
  } finally {
    if (fd !== undefined) host.children.closeDescriptor(fd);
  }
}
