// Everything between the start of the console container and its first login prompt, in order. A step that fails is
// reported and does not keep people out.

import { explain, explainWithHint } from '@drover/core';
import type { Configuration } from '@drover/cloud-config';
import type { SystemHost } from '@drover/host';
import type { BootLog } from '../boot/boot-log.ts';
import type { BootFacts } from '../boot/initrd-stage.ts';
import { FALLBACK_NOTICE } from '../boot/last-good.ts';
import { CONSOLE_DONE } from '../names.ts';
import { listCards } from '../network/list-cards.ts';
import { ACCOUNTS, setPassword, writeAuthorizedKeys } from './accounts.ts';
import { renderGreeting, renderMessageOfTheDay, renderOsRelease, renderPathProfile } from './greeting.ts';
import { planTerminals, renderRespawnTable } from './respawn-table.ts';
import { mountEntry, nameOf } from './mounts.ts';
import { writeProxyProfile } from './proxy-profile.ts';
import { runCommands, runScript } from './run-commands.ts';
import { prepareHostKeys } from './ssh-host-keys.ts';
import { isForConsole, writeEntry } from './write-files.ts';

export const RESPAWN_TABLE = '/etc/respawn.conf';
/** After the commands of cloud-config, before User Docker. */
const SCRIPTS = ['/var/lib/rancher/conf/cloud-config-script', '/opt/rancher/bin/start.sh'];

export async function startConsole(host: SystemHost, log: BootLog, config: Configuration, version: string): Promise<void> {
  const { files } = host;
  files.remove(CONSOLE_DONE);
  const steps = new Steps(log);
  // Logins do not wait for keys to be made: sshd starts with what is there and is last in the table.
  const hostKeys = steps.attempt('SSH host keys', () => prepareHostKeys(host, config.rancher.ssh.keys));
  const { password, disable } = config.rancher;
  if (password !== undefined && !(disable ?? []).includes('password')) await steps.attempt('password', () => setPassword(host, 'rancher', password));
  await steps.attempt('release files', () => writeTexts(host, config, version));
  await applyCloudConfig(host, steps, config);
  for (const path of SCRIPTS) await steps.attempt(path, () => runScript(host, path));
  await hostKeys;
  files.write(CONSOLE_DONE, 'default\n');
  await steps.attempt('/etc/rc.local', () => runScript(host, '/etc/rc.local'));
  if (steps.failed.length > 0) files.write('/etc/motd', renderMessageOfTheDay(readNotices(files), steps.failed));
}

/** What `cloud-init-execute` does again by hand: each entry is done or was done already. */
export async function applyCloudConfig(host: SystemHost, steps: Steps, config: Configuration): Promise<void> {
  for (const account of ACCOUNTS) await steps.attempt(`SSH keys of ${account.name}`, () => writeAuthorizedKeys(host, account, config.ssh_authorized_keys));
  for (const entry of config.write_files) if (isForConsole(entry)) await steps.attempt(`write_files, ${entry.path ?? 'an entry without path'}`, () => writeEntry(host, entry));
  for (const entry of config.mounts) await steps.attempt(`mounts, ${nameOf(entry)}`, () => mountEntry(host, entry));
  await steps.attempt('runcmd', () => runCommands(host, config.runcmd));
}

/** Steps that report their failure and let the next one run. */
export class Steps {
  /** What went wrong, for people who log in. */
  readonly failed: string[] = [];
  private readonly log: Pick<BootLog, 'error'>;

  constructor(log: Pick<BootLog, 'error'>) {
    this.log = log;
  }

  async attempt(what: string, work: () => Promise<void> | void): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.failed.push(`${what}: ${explain(error)}`);
      this.log.error(`console: ${what}: ${explainWithHint(error)}`);
    }
  }
}

/** What everybody who logs in should know. */
function readNotices(files: SystemHost['files']): string[] {
  const fallback = files.readTextIfPresent(FALLBACK_NOTICE);
  return fallback === undefined ? [] : [`Attention: ${fallback}.`];
}

function writeTexts(host: SystemHost, config: Configuration, version: string): void {
  const { files } = host;
  const facts = JSON.parse(files.readTextIfPresent('/run/ros/boot.json') ?? '{}') as Partial<BootFacts>;
  const terminals = planTerminals(files.readText('/proc/cmdline'), (device) => files.exists(device));
  files.write('/etc/os-release', renderOsRelease(version));
  files.write('/etc/issue', renderGreeting(version, config, listCards(files), facts.stateDevice === undefined));
  files.write('/etc/motd', renderMessageOfTheDay(readNotices(files), []));
  const paths = renderPathProfile(config.rancher.environment);
  if (paths !== '') files.write('/etc/profile.d/path.sh', paths, { mode: 0o755 });
  writeProxyProfile(files, config.rancher.network);
  files.write(RESPAWN_TABLE, renderRespawnTable(terminals, config));
  files.makeDirectory('/run/sshd');
  files.makeDirectory('/run/lock');
  if (!files.exists('/run/utmp')) files.write('/run/utmp', '', { mode: 0o664 });
}
