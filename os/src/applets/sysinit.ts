// Started by PID 1 once System Docker answers: brings the system services up, reports, ends.

import { DockerClient } from '@drover/docker-api';
import type { Configuration } from '@drover/cloud-config';
import type { AppletContext } from '../applet.ts';
import { BootLog, openSystemLog } from '../boot/boot-log.ts';
import { readRunningConfiguration } from '../boot/configuration.ts';
import { WAITING_FILE } from '../cloud-init/waiting.ts';
import { SYSTEM_DOCKER_SOCKET } from '../names.ts';
import { proxyEnvironment } from '../network/proxies.ts';
import { CLOUD_INIT, OS_SERVICES } from '../services/os-config.ts';
import { fillEnvironment } from '../services/plan-services.ts';
import { renderReports, startServices } from '../services/start-services.ts';

/** What services may ask for by name. */
function listEnvironment({ environment, network }: Configuration['rancher']): Map<string, string> {
  const proxies = proxyEnvironment(network).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const);
  return new Map([...Object.entries(environment), ...proxies]);
}

export async function main({ host }: AppletContext): Promise<number> {
  const { rancher } = readRunningConfiguration(host);
  const log = new BootLog(openSystemLog(host, rancher.debug));
  const services = fillEnvironment({ ...OS_SERVICES, ...(host.files.exists(WAITING_FILE) ? CLOUD_INIT : {}) }, listEnvironment(rancher));
  const reports = await startServices(host, new DockerClient(host, SYSTEM_DOCKER_SOCKET), services);
  const failed = reports.filter((report) => report.error !== undefined);
  if (failed.length > 0) log.error(`services: ${renderReports(failed)}`);
  log.info(`services: ${renderReports(reports.filter((report) => report.error === undefined))}`);
  return failed.length === 0 ? 0 : 1;
}
