// The configuration of this boot: kernel words, files below /var/lib/rancher/conf, a config drive. Checked once, here;
// everybody else reads the outcome from /run/ros/config.json and needs no YAML parser.

import { hasErrors, renderProblem } from '@drover/core';
import { parseKernelWords, resolveConfiguration, splitKernelLine } from '@drover/cloud-config';
import type { Configuration } from '@drover/cloud-config';
import type { Host, SystemHost } from '@drover/host';
import { CLOUD_CONFIG_DIRECTORY, CLOUD_CONFIG_FILE } from '../names.ts';
import type { BootLog } from './boot-log.ts';

export const RUNNING_CONFIG = '/run/ros/config.json';

export async function loadSystemConfiguration(host: SystemHost, log: BootLog): Promise<Configuration> {
  const line = splitKernelLine(host.files.readText('/proc/cmdline'));
  const { config, problems } = resolveConfiguration(parseKernelWords(line));
  for (const problem of problems) {
    if (problem.severity === 'error') log.error(renderProblem(problem));
    else log.debug(renderProblem(problem));
  }
  if (hasErrors(problems)) log.warning('the parts named above are left out; everything else of the configuration is used');
  host.files.write(RUNNING_CONFIG, JSON.stringify(config), { mode: 0o600 });
  host.kernel.setHostName(config.hostname ?? config.rancher.defaults.hostname);
  return Promise.resolve(config);
}

/** What the boot wrote. Only root may read it: it has the password. */
export function readRunningConfiguration(host: Pick<Host, 'files'>): Configuration {
  return JSON.parse(host.files.readText(RUNNING_CONFIG)) as Configuration;
}

export function hasConfigurationFiles(host: Pick<Host, 'files'>): boolean {
  return host.files.exists(CLOUD_CONFIG_FILE) || (host.files.exists(CLOUD_CONFIG_DIRECTORY) && host.files.list(CLOUD_CONFIG_DIRECTORY).length > 0);
}
