// `ros console-init`: the console container's command. Prepares the console, then becomes `respawn`.

import type { AppletContext } from '../applet.ts';
import { BootLog, openSystemLog } from '../boot/boot-log.ts';
import { readRunningConfiguration } from '../boot/running-configuration.ts';
import { RESPAWN_TABLE, startConsole } from '../console/start-console.ts';
import { waitForAddress } from '../console/wait-for-address.ts';
import { VERSION } from '../version.ts';

/** How long logins wait for mounts, commands and scripts. What takes longer goes on beside them. */
const LOGIN_LIMIT_MS = 120_000;

export async function main({ host }: AppletContext): Promise<number> {
  const config = readRunningConfiguration(host);
  const log = new BootLog(openSystemLog(host, config.rancher.debug));
  const prepared = startConsole(host, log, config, VERSION).then(() => waitForAddress(host, config)).then(() => true);
  if (await Promise.race([prepared, host.clock.sleep(LOGIN_LIMIT_MS).then(() => false)])) {
    return host.kernel.exec('/usr/bin/ros', ['respawn', '-f', RESPAWN_TABLE], [...host.processes.environment(), 'TERM=linux']);
  }
  log.warning(`console: its commands still run after ${LOGIN_LIMIT_MS / 1000} s; logins start now`);
  const { parseRespawnTable, respawn } = await import('../console/respawn.ts');
  return respawn(host, parseRespawnTable(host.files.readText(RESPAWN_TABLE)));
}
