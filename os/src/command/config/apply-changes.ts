// `ros config apply [--restart]`: what changed in the configuration since this boot read it, made live as far as that goes.
// Says for each key what became of it; exit code 1 when something could not be done.

import { explainWithHint } from '@drover/core';
import type { Configuration, MountEntry } from '@drover/cloud-config';
import { DockerClient } from '@drover/docker-api';
import type { SystemHost } from '@drover/host';
import { applyHostName } from '../../boot/configuration.ts';
import { loadModules, setSysctls } from '../../boot/machine-settings.ts';
import { readRunningConfiguration } from '../../boot/running-configuration.ts';
import { ACCOUNTS, setPassword, writeAuthorizedKeys } from '../../console/accounts.ts';
import { mountEntry, nameOf, unmountEntry } from '../../console/mounts.ts';
import { writeProxyProfile } from '../../console/proxy-profile.ts';
import { isForConsole, writeEntry } from '../../console/write-files.ts';
import { SYSTEM_DOCKER_SOCKET, RUNNING_CONFIG } from '../../names.ts';
import type { CommandContext } from '../command.ts';
import type { Flags } from '../parse-flags.ts';
import { listChangedPaths } from './compare-values.ts';
import { report } from './config-context.ts';
import { loadEverything } from './config-store.ts';
import type { LiveStep } from './plan-apply.ts';
import { planApply } from './plan-apply.ts';

const RESTART_LIMIT_MS = 180_000;

export async function run(context: CommandContext, flags: Flags): Promise<number> {
  const { host, out, err } = context;
  const { config, problems } = await loadEverything(host);
  report(context, problems);
  const before = readRunningConfiguration(host);
  const plan = planApply(listChangedPaths(before, config), flags.isOn('restart'));
  out(plan.lines.map((line) => `${line}\n`).join(''));
  if (plan.lines.length > 0) host.files.replace(RUNNING_CONFIG, JSON.stringify(config), { mode: 0o600 });
  let failed = 0;
  const attempt = async (what: string, work: () => Promise<void> | void): Promise<void> => {
    try {
      await work();
    } catch (error) {
      failed += 1;
      err(`${what}: ${explainWithHint(error)}\n`);
    }
  };
  for (const step of plan.live) for (const [what, work] of PARTS[step](host, config, before)) await attempt(what, work);
  const client = new DockerClient(host, SYSTEM_DOCKER_SOCKET);
  for (const name of plan.restarts) await attempt(name, () => client.restartContainer(name, { graceSeconds: 10, timeoutMs: RESTART_LIMIT_MS }));
  return failed === 0 ? 0 : 1;
}

type Part = readonly [what: string, work: () => Promise<void> | void];

/** The parts of each step; each is done whatever becomes of the others, and does nothing when it was done before. */
const PARTS: Readonly<Record<LiveStep, (host: SystemHost, config: Configuration, before: Configuration) => readonly Part[]>> = {
  'host name': (host, { hostname, rancher }) => [['host name', () => applyHostName(host, hostname ?? rancher.defaults.hostname)]],
  'SSH keys': (host, config) => ACCOUNTS.map((account): Part => [`SSH keys of ${account.name}`, () => writeAuthorizedKeys(host, account, config.ssh_authorized_keys)]),
  password: (host, { rancher: { password, disable } }) => (password === undefined || disable.includes('password') ? [] : [['password', () => setPassword(host, 'rancher', password)]]),
  modules: (host, { rancher }) => [['modules', async () => throwAll(await loadModules(host, rancher.modules))]],
  sysctls: (host, { rancher }) => [['sysctls', () => throwAll(setSysctls(host, rancher.sysctl))]],
  proxies: (host, { rancher }) => [['proxies', () => writeProxyProfile(host.files, rancher.network)]],
  files: (host, config) => config.write_files.filter(isForConsole).map((entry): Part => [`write_files, ${entry.path ?? 'an entry without path'}`, () => writeEntry(host, entry)]),
  mounts: (host, config, before) => [
    ...without(before.mounts, config.mounts).toReversed().map((entry): Part => [`mounts, ${nameOf(entry)}, which is gone from the list`, () => unmountEntry(host, entry)]),
    ...config.mounts.map((entry): Part => [`mounts, ${nameOf(entry)}`, () => mountEntry(host, entry)]),
  ],
};

/** An entry with another option is another entry. */
function without(before: readonly MountEntry[], after: readonly MountEntry[]): readonly MountEntry[] {
  const kept = new Set(after.map((entry) => JSON.stringify(entry)));
  return before.filter((entry) => !kept.has(JSON.stringify(entry)));
}

function throwAll(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.join(', '));
}
