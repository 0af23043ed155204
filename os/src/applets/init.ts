// PID 1. Started by the kernel in the initrd, then once more by itself in the real root.

import { explain } from '@drover/core';
import type { AppletContext } from '../applet.ts';
import { BootLog, openSystemLog } from '../boot/boot-log.ts';
import { runPhases } from '../boot/phases.ts';
import { openRescueShell } from '../boot/rescue.ts';
import { VERSION } from '../version.ts';

export async function main(context: AppletContext): Promise<number> {
  const { host, args } = context;
  if (host.processes.pid !== 1) {
    context.terminal.err('init: this is PID 1 of Drover; it is started by the kernel\n  hint: to reboot or power off use reboot or poweroff\n');
    return 1;
  }
  const inSystem = args.includes('--stage=system') || (args[0] === '--crashed' && host.files.exists('/usr/lib/ros/ros'));
  if (inSystem) {
    host.files.write('/proc/self/comm', 'init'); // what ps and monitoring look for
    const { runSystemStage } = await import('../boot/system-stage.ts');
    return runSystemStage(host, args[0] === '--crashed');
  }
  const { InitrdStage } = await import('../boot/initrd-stage.ts');
  InitrdStage.mountEarly(host);
  const debug = / rancher\.debug(=true)?( |$)/.test(host.files.readText('/proc/cmdline').trimEnd());
  const log = new BootLog(openSystemLog(host, debug));
  log.info(`Drover ${VERSION}, Linux ${host.kernel.release}`);
  const stage = new InitrdStage(host, log);
  const { listenForPower } = await import('../boot/power.ts');
  listenForPower(host, (action) => {
    host.kernel.sync();
    host.kernel.power(action);
  });
  await runPhases(
    { log, uptimeMs: () => host.kernel.uptimeMs(), rescue: (failure) => openRescueShell(host, failure, { path: stage.openRescueRoot() }) },
    stage.phases(),
  );
  for (;;) {
    try {
      return stage.enterSystem();
    } catch (error) {
      log.error(`entering the new root failed: ${explain(error)}`);
      const task = { name: 'entering the new root', onFailure: 'rescue' as const, run: () => undefined };
      await openRescueShell(host, { task, error }, { path: stage.openRescueRoot() });
    }
  }
}
