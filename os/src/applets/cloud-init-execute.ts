// `cloud-init-execute`: what the console does with cloud-config at its start, once more by hand, say after a disk was
// given its file system. It takes the configuration that this boot uses.

import type { AppletContext } from '../applet.ts';
import { readRunningConfiguration } from '../boot/running-configuration.ts';
import { setSysctls } from '../boot/machine-settings.ts';
import { applyCloudConfig, Steps } from '../console/start-console.ts';

export async function main({ host, terminal }: AppletContext): Promise<number> {
  const config = readRunningConfiguration(host);
  const steps = new Steps({ error: (text) => terminal.err(`${text.replace(/^console: /, '')}\n`) });
  const failed = setSysctls(host, config.rancher.sysctl);
  for (const problem of failed) terminal.err(`${problem}\n`);
  await applyCloudConfig(host, steps, config);
  return failed.length + steps.failed.length === 0 ? 0 : 1;
}
