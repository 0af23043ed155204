// Started by PID 1 once System Docker answers: brings the system services up, reports, ends.

import { DockerClient } from '@drover/docker-api';
import type { Configuration } from '@drover/cloud-config';
import type { AppletContext } from '../applet.ts';
import { BootLog, openSystemLog } from '../boot/boot-log.ts';
import { readRunningConfiguration } from '../boot/running-configuration.ts';
import { WAITING_FILE } from '../cloud-init/waiting.ts';
import { SYSTEM_DOCKER_SOCKET } from '../names.ts';
import { hideElidedWords } from '../boot/kernel-line.ts';
import { proxyEnvironment } from '../network/proxies.ts';
import { CLOUD_INIT, OS_SERVICES } from '../services/os-config.ts';
import { fillEnvironment } from '../services/plan-services.ts';
import { planServiceFiles, SERVICE_FILES } from '../services/service-files.ts';
import { renderReports, startServices } from '../services/start-services.ts';

/** What services may ask for by name. */
function listEnvironment({ environment, network }: Configuration['rancher']): Map<string, string> {
  const proxies = proxyEnvironment(network).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const);
  return new Map([...Object.entries(environment), ...proxies]);
}

export async function main({ host }: AppletContext): Promise<number> {
  const { rancher, write_files: entries } = readRunningConfiguration(host);
  const log = new BootLog(openSystemLog(host, rancher.debug));
  const client = new DockerClient(host, SYSTEM_DOCKER_SOCKET);
  const { services, files, problems } = planServiceFiles({ ...OS_SERVICES, ...(host.files.exists(WAITING_FILE) ? CLOUD_INIT : {}) }, entries, await readImageCommands(client, entries.map(({ container }) => container)), (bytes) => host.sha256(bytes));
  for (const problem of problems) log.error(problem);
  if (files.size > 0) host.files.makeDirectory(SERVICE_FILES, 0o700);
  for (const [name, text] of files) host.files.write(`${SERVICE_FILES}/${name}.json`, text, { mode: 0o600 });
  const reports = await startServices(host, client, fillEnvironment(hideElidedWords(host.files, services), listEnvironment(rancher)));
  const failed = reports.filter((report) => report.error !== undefined);
  if (failed.length > 0) log.error(`services: ${renderReports(failed)}`);
  log.info(`services: ${renderReports(reports.filter((report) => report.error === undefined))}`);
  return failed.length === 0 ? 0 : 1;
}

async function readImageCommands(client: DockerClient, names: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const commands = new Map<string, readonly string[]>();
  for (const name of new Set(names)) {
    const service = Object.hasOwn(OS_SERVICES, name) ? OS_SERVICES[name]! : undefined;
    if (service === undefined || service.command !== undefined) continue;
    const command = (await client.inspectImage(service.image))?.Config?.Cmd;
    if (Array.isArray(command)) commands.set(name, command as readonly string[]);
  }
  return commands;
}
