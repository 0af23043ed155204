// The `ros` binary. Which program runs is decided by the name it was called by; `ros NAME ...` reaches the same ones.
// Each applet is a chunk of bytecode of its own, loaded only when it is called.

import { createQuickjsHost, exitLoop, onUnhandledRejection, startup } from '@drover/host-quickjs';
import type { Applet, AppletContext } from './applet.ts';
import { reportFailure } from './applet.ts';

const APPLETS: Readonly<Record<string, () => Promise<Applet>>> = {
  init: () => import('./applets/init.ts'),
  'load-modules': () => import('./applets/load-modules.ts'),
  sysinit: () => import('./applets/sysinit.ts'),
  'system-docker': () => import('./applets/system-docker.ts'),
  archive: () => import('./applets/archive.ts'),
  'console-init': () => import('./applets/console-init.ts'),
  'cloud-init-execute': () => import('./applets/cloud-init-execute.ts'),
  netconf: () => import('./applets/netconf.ts'),
  'cloud-init-save': () => import('./applets/cloud-init-save.ts'),
  'dhcpcd-run-hooks': () => import('./applets/dhcp-event.ts'),
  'user-docker': () => import('./applets/user-docker.ts'),
  runc: () => import('./applets/runc.ts'),
  'write-files': () => import('./applets/write-files.ts'),
  respawn: () => import('./applets/respawn.ts'),
  'wait-for-docker': () => import('./applets/wait-for-docker.ts'),
  reboot: () => import('./applets/power-command.ts'),
  poweroff: () => import('./applets/power-command.ts'),
  halt: () => import('./applets/power-command.ts'),
  shutdown: () => import('./applets/power-command.ts'),
};

function selectApplet(args: readonly string[]): { name: string; rest: readonly string[] } {
  const called = (args[0] ?? 'ros').replace(/^.*\//, '');
  if (called in APPLETS) return { name: called, rest: args.slice(1) };
  const second = args[1];
  if (second !== undefined && second in APPLETS) return { name: second, rest: args.slice(2) };
  return { name: 'ros', rest: args.slice(1) };
}

async function run(): Promise<number> {
  const { name, rest } = selectApplet(startup.args);
  const context: AppletContext = { host: createQuickjsHost(), name, args: rest, terminal: startup };
  onUnhandledRejection((error) => exitLoop(reportFailure(context, error)));
  try {
    const applet = APPLETS[name] ?? (() => import('./applets/ros.ts'));
    return await (await applet()).main(context);
  } catch (error) {
    return reportFailure(context, error);
  }
}

void run().then(exitLoop);
