// `ros netconf`: the network container's command. Applies rancher.network: at boot as the boot has read it, when it is
// started again as it is written now.

import type { SystemHost } from '@drover/host';
import type { Configuration } from '@drover/cloud-config';
import { explain, hasErrors, renderProblem } from '@drover/core';
import type { AppletContext } from '../applet.ts';
import { readRunningConfiguration } from '../boot/running-configuration.ts';
import { readState } from '../network/network-state.ts';
import { runNetwork } from '../network/run-network.ts';

export async function main({ host, terminal }: AppletContext): Promise<number> {
  const report = (problem: string): void => terminal.err(`${problem}\n`);
  const before = readState(host);
  const config = before === undefined ? readRunningConfiguration(host) : await readWritten(host, report);
  return runNetwork(host, report, config, before);
}

/** A configuration that cannot be read keeps no machine from its network. */
async function readWritten(host: SystemHost, report: (problem: string) => void): Promise<Configuration> {
  try {
    const { loadEverything } = await import('../command/config/config-store.ts');
    const { config, problems } = await loadEverything(host);
    for (const problem of problems) if (hasErrors([problem])) report(renderProblem(problem));
    return config;
  } catch (error) {
    report(`the configuration cannot be read (${explain(error)}): the network stays as this boot has it`);
    return readRunningConfiguration(host);
  }
}
