// `ros env COMMAND`: runs it with rancher.environment and the proxies of rancher.network, below what is set already.

import type { Configuration } from '@drover/cloud-config';
import { proxyEnvironment } from '../network/proxies.ts';
import type { CommandContext } from './command.ts';
import { loadEverything } from './config/config-store.ts';
import { execProgram } from './exec-program.ts';
import type { Flags } from './parse-flags.ts';

export async function run({ host }: Pick<CommandContext, 'host'>, { operands }: Flags): Promise<number> {
  if (operands.length === 0) return 0;
  const { config } = await loadEverything(host);
  return execProgram(host, operands, layEnvironment(config, host.processes.environment()));
}

/** Each name once: the environment that is there wins, then rancher.environment, then the proxies. */
export function layEnvironment(config: Configuration, current: readonly string[]): string[] {
  const entries = [...proxyEnvironment(config.rancher.network), ...Object.entries(config.rancher.environment).map(([name, value]) => `${name}=${value}`), ...current];
  return [...new Map(entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry])).values()];
}
