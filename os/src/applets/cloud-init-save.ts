// `cloud-init-save`: asks the datasources of the network for user-data and metadata and keeps them, as RancherOS's
// program of this name does. The service cloud-init runs it; by hand it asks again what the boot asked.

import type { AppletContext } from '../applet.ts';
import { BootLog, openSystemLog } from '../boot/boot-log.ts';
import { readRunningConfiguration } from '../boot/running-configuration.ts';
import { saveCloudInit } from '../cloud-init/save-cloud-init.ts';
import { readWaiting } from '../cloud-init/waiting.ts';

export async function main({ host, name, terminal }: AppletContext): Promise<number> {
  const waiting = readWaiting(host.files);
  if (waiting === undefined) {
    terminal.out(`${name}: no datasource of the network is configured, and the firmware names none\n`);
    return 0;
  }
  const log = new BootLog(openSystemLog(host, readRunningConfiguration(host).rancher.debug));
  return (await saveCloudInit(host, log, waiting)) ? 0 : 1;
}
