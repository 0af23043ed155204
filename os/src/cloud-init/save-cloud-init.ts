// The service cloud-init: asks the datasources of the network, keeps what they say as files, and makes it the
// configuration of this boot. It runs when PID 1 has left something to do, between network and console.

import { CancelSource, explain, renderProblem, RosError } from '@drover/core';
import { splitKernelLine } from '@drover/cloud-config';
import type { Configuration, UserData } from '@drover/cloud-config';
import { DockerClient } from '@drover/docker-api';
import type { SystemHost } from '@drover/host';
import type { BootLog } from '../boot/boot-log.ts';
import { applyHostName, reportProblems } from '../boot/configuration.ts';
import { FALLBACK_NOTICE } from '../boot/last-good.ts';
import { readKernelLine } from '../boot/kernel-line.ts';
import { loadModules, setSysctls } from '../boot/machine-settings.ts';
import { MODULES_LOADING } from '../boot/modules.ts';
import { readRunningConfiguration } from '../boot/running-configuration.ts';
import { loadEverything } from '../command/config/config-store.ts';
import { SYSTEM_DOCKER_SOCKET, RUNNING_CONFIG } from '../names.ts';
import { listCards } from '../network/list-cards.ts';
import { chooseProxy } from '../network/proxies.ts';
import { askSources, makeGet } from './ask-sources.ts';
import type { AskOptions } from './ask-sources.ts';
import type { Found } from './datasource.ts';
import { keepMetadata, keepNetwork } from './keep-metadata.ts';
import { keepUserData } from './keep-user-data.ts';
import { findGateways } from './find-gateways.ts';
import type { Waiting } from './waiting.ts';

/** For everything that is asked, from the moment that the network service runs. */
const DEADLINE_MS = 60_000;
/** A machine whose drivers are loaded and that has no card by then has none. */
const CARDS_MS = 5000;
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/** Whether something was found. */
export async function saveCloudInit(host: SystemHost, log: BootLog, waiting: Waiting): Promise<boolean> {
  const before = readRunningConfiguration(host);
  const options = askOptions(host, log, before);
  const found = waiting.includes === undefined ? await ask(host, log, waiting, options) : { source: waiting.includes.source, userData: waiting.includes.userData };
  if (found === undefined) return false;
  for (const complaint of found.complaints ?? []) log.warning(`cloud-init: ${found.source}: ${complaint}`);
  const userData = await expand(host, log, found, options);
  await keepUserData(host, userData);
  if (found.metadata !== undefined) await keepMetadata(host, found.metadata);
  if (found.network !== undefined) await keepNetwork(host, found.network);
  log.info(`cloud-init: read ${describe(found, userData)} from ${found.source}`);
  await makeLive(host, log, before);
  return true;
}

async function ask(host: SystemHost, log: BootLog, { sources }: Waiting, options: AskOptions): Promise<Found | undefined> {
  const names = sources.map(({ name, argument }) => (argument === '' ? name : `${name} (${argument})`)).join(', ');
  log.info(`cloud-init: asking ${names}`);
  const found = await askSources(host, sources, options);
  if (found === undefined) log.warning(`cloud-init: no datasource has anything for this machine; the boot goes on with the configuration that is there`);
  return found;
}

function describe({ metadata, network }: Found, userData: readonly UserData[]): string {
  const kinds = [...new Set(userData.map(({ kind }) => kind))];
  const parts = [...kinds, ...(metadata === undefined ? [] : ['metadata']), ...(network === undefined ? [] : ['network'])];
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

function askOptions(host: SystemHost, log: BootLog, { rancher }: Configuration): AskOptions {
  const cancel = new CancelSource();
  void giveUpWithoutCards(host, cancel);
  return {
    deadline: host.clock.monotonic() + DEADLINE_MS,
    cancel,
    kernelWords: splitKernelLine(readKernelLine(host.files)).words,
    hasDevice: (path) => host.files.exists(path),
    routers: () => findGateways(host.files),
    authorities: () => host.files.readText(CERTIFICATES),
    proxyFor: (url) => chooseProxy(rancher.network, url),
    onRemark: (text) => log.warning(`cloud-init: ${text}`),
  };
}

async function giveUpWithoutCards(host: SystemHost, cancel: CancelSource): Promise<void> {
  await host.clock.sleep(CARDS_MS);
  const deadline = host.clock.monotonic() + DEADLINE_MS;
  while (host.files.exists(MODULES_LOADING) && host.clock.monotonic() < deadline) await host.clock.sleep(500);
  if (listCards(host.files).length === 0) cancel.cancel(new RosError('no-network', 'this machine has no network card'));
}

async function expand(host: SystemHost, log: BootLog, found: Found, options: AskOptions): Promise<readonly UserData[]> {
  if (found.userData === undefined) return [];
  const { expandUserData } = await import('@drover/cloud-config/yaml');
  const get = makeGet(host, 'include', options);
  const { parts, problems } = await expandUserData(found.userData, found.source, async (url) => {
    const body = await get(url);
    if (body === undefined) throw new RosError('http-status', 'there is no such file');
    return body;
  });
  reportProblems(log, problems);
  return parts;
}

/** The console and User Docker, which start after this, read the new configuration themselves. */
async function makeLive(host: SystemHost, log: BootLog, before: Configuration): Promise<void> {
  if (host.files.exists(FALLBACK_NOTICE)) return; // this boot leaves the new configuration alone
  const { config, problems } = await loadEverything(host);
  for (const problem of problems) if (problem.severity === 'error') log.error(renderProblem(problem));
  host.files.replace(RUNNING_CONFIG, JSON.stringify(config), { mode: 0o600 });
  const name = config.hostname ?? config.rancher.defaults.hostname;
  if (name !== host.kernel.hostName()) applyHostName(host, name);
  if (differ(config.rancher.modules, before.rancher.modules) || differ(config.rancher.sysctl, before.rancher.sysctl)) {
    const failed = [...(await loadModules(host, config.rancher.modules)), ...setSysctls(host, config.rancher.sysctl)];
    if (failed.length > 0) log.error(`cloud-init: ${failed.join(', ')}`);
  }
  if (differ(config.rancher.network, before.rancher.network)) await restartNetwork(host, log);
}

function differ(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) !== JSON.stringify(other);
}

async function restartNetwork(host: SystemHost, log: BootLog): Promise<void> {
  try {
    await new DockerClient(host, SYSTEM_DOCKER_SOCKET).restartContainer('network', { graceSeconds: 5 });
  } catch (error) {
    log.error(`cloud-init: restarting the network failed: ${explain(error)}`);
  }
}
