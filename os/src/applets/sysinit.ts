// Started by PID 1 once System Docker answers: brings the system services up, reports, ends.

import { DockerClient } from '@drover/docker-api';
import type { AppletContext } from '../applet.ts';
import { BootLog, openSystemLog } from '../boot/boot-log.ts';
import { readRunningConfiguration } from '../boot/configuration.ts';
import { SYSTEM_DOCKER_SOCKET } from '../names.ts';
import { OS_SERVICES } from '../services/os-config.ts';
import { renderReports, startServices } from '../services/start-services.ts';

export async function main({ host }: AppletContext): Promise<number> {
  const { rancher } = readRunningConfiguration(host);
  const log = new BootLog(openSystemLog(host, rancher.debug));
  const reports = await startServices(host, new DockerClient(host, SYSTEM_DOCKER_SOCKET), OS_SERVICES);
  const failed = reports.filter((report) => report.error !== undefined);
  if (failed.length > 0) log.error(`services: ${renderReports(failed)}`);
  log.info(`services: ${renderReports(reports.filter((report) => report.error === undefined))}`);
  return failed.length === 0 ? 0 : 1;
}
