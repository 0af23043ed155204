// `ros netconf`: the network container's command. Applies rancher.network: at boot as the boot has read it, when it is
// started again as it is written now.

import type { SystemHost } from '@drover/host';
import type { Configuration } from '@drover/cloud-config';
import { hasErrors, renderProblem } from '@drover/core';
import type { AppletContext } from '../applet.ts';
import { readRunningConfiguration } from '../boot/configuration.ts';
import { readState } from '../network/network-state.ts';
import { runNetwork } from '../network/run-network.ts';

export async function main({ host, terminal }: AppletContext): Promise<number> {
  const report = (problem: string): void => terminal.err(`${problem}\n`);
  const before = readState(host);
  const config = before === undefined ? readRunningConfiguration(host) : await readWritten(host, report);
  return runNetwork(host, report, config, before);
}

async function readWritten(host: SystemHost, report: (problem: string) => void): Promise<Configuration> {
  const { loadEverything } = await import('../command/config/config-store.ts');
  const { config, problems } = await loadEverything(host);
  for (const problem of problems) if (hasErrors([problem])) report(renderProblem(problem));
  return config;
}
