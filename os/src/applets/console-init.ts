// `ros console-init`: the console container's command. Prepares the console, then becomes `respawn`.

import type { AppletContext } from '../applet.ts';
import { BootLog, openSystemLog } from '../boot/boot-log.ts';
import { readRunningConfiguration } from '../boot/configuration.ts';
import { startConsole } from '../console/start-console.ts';
import { VERSION } from '../version.ts';

export async function main({ host }: AppletContext): Promise<number> {
  const config = readRunningConfiguration(host);
  await startConsole(host, new BootLog(openSystemLog(host, config.rancher.debug)), config, VERSION);
  return host.kernel.exec('/usr/bin/ros', ['respawn', '-f', '/etc/respawn.conf'], [...host.processes.environment(), 'TERM=linux']);
}
