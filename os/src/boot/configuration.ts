// The configuration of this boot: user-data and metadata, the files below /var/lib/rancher/conf, kernel words. Checked once,
// here; everybody else reads the outcome, /run/ros/config.json (running-configuration.ts).

import { explain, renderProblem } from '@drover/core';
import type { Problem } from '@drover/core';
import { loadConfiguration, splitKernelLine } from '@drover/cloud-config';
import type { Configuration } from '@drover/cloud-config';
import type { SystemHost } from '@drover/host';
import { readOffline } from '../cloud-init/read-offline.ts';
import { setHostName } from '../network/host-name.ts';
import { RUNNING_CONFIG } from '../names.ts';
import type { BootLog } from './boot-log.ts';
import { hideElidedLine, readKernelLine } from './kernel-line.ts';
import type { Choice } from './last-good.ts';
import { chooseConfiguration, findLastGood } from './last-good.ts';

export async function loadSystemConfiguration(host: SystemHost, log: BootLog): Promise<Choice> {
  let choice: Choice;
  try {
    choice = chooseConfiguration(host, log, await resolve(host, log));
  } catch (error) {
    const config = findLastGood(host, log, `reading the configuration failed (${explain(error)})`);
    if (config === undefined) throw error;
    choice = { config, keep: undefined };
  }
  const { config } = choice;
  host.files.write(RUNNING_CONFIG, JSON.stringify(config), { mode: 0o600 });
  applyHostName(host, config.hostname ?? config.rancher.defaults.hostname);
  return choice;
}

async function resolve(host: SystemHost, log: BootLog): Promise<Configuration> {
  const kernelLine = splitKernelLine(readKernelLine(host.files));
  const offline = await readOffline(host, log, kernelLine);
  const { config, problems } = await loadConfiguration(host, { kernelLine, userData: offline.userData, ...(offline.metadata && { metadata: offline.metadata }) });
  hideElidedLine(host);
  reportProblems(log, [...offline.problems, ...problems]);
  return config;
}

export function reportProblems(log: BootLog, problems: readonly Problem[]): void {
  for (const problem of problems) {
    if (problem.severity === 'error') log.error(renderProblem(problem));
    else if (problem.code === 'not-yet') log.debug(renderProblem(problem));
    else log.warning(renderProblem(problem));
  }
  if (problems.some((problem) => problem.severity === 'error')) log.warning('what is wrong is left out; the rest of the configuration is used');
}

export function applyHostName(host: SystemHost, name: string): void {
  setHostName(host, name);
  if (!host.files.exists('/etc/resolv.conf')) host.files.write('/etc/resolv.conf', '');
}
