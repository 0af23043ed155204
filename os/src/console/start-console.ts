// Everything between the start of the console container and its first login prompt, in order. A step that fails is
// reported and does not keep people out.

import { explain } from '@drover/core';
import type { Command, Configuration } from '@drover/cloud-config';
import type { SystemHost } from '@drover/host';
import type { BootLog } from '../boot/boot-log.ts';
import type { BootFacts } from '../boot/initrd-stage.ts';
import { listCards } from '../network/list-cards.ts';
import { renderProxyProfile } from '../network/proxies.ts';
import { ACCOUNTS, setPassword, writeAuthorizedKeys } from './accounts.ts';
import { renderGreeting, renderMessageOfTheDay, renderOsRelease } from './greeting.ts';
import { planTerminals, renderRespawnTable } from './respawn-table.ts';
import { mountEntry } from './mounts.ts';
import { prepareHostKeys } from './ssh-host-keys.ts';
import type { FileEntry } from './write-files.ts';
import { writeEntry } from './write-files.ts';

export const CONSOLE_DONE = '/run/console-done';
const SCRIPTS = ['/var/lib/rancher/conf/cloud-config-script', '/opt/rancher/bin/start.sh'];

export async function startConsole(host: SystemHost, log: BootLog, config: Configuration, version: string): Promise<void> {
  const { files } = host;
  const attempt = async (what: string, work: () => Promise<void> | void): Promise<void> => {
    try {
      await work();
    } catch (error) {
      log.error(`console: ${what}: ${explain(error)}`);
    }
  };
  files.remove(CONSOLE_DONE);
  // Logins do not wait for keys to be made: sshd starts with what is there and is last in the table.
  const hostKeys = attempt('SSH host keys', () => prepareHostKeys(host));
  for (const account of ACCOUNTS) await attempt(`SSH keys of ${account.name}`, () => writeAuthorizedKeys(host, account, config.ssh_authorized_keys));
  const { password, disable } = config.rancher;
  if (password !== undefined && !(disable ?? []).includes('password')) await attempt('password', () => setPassword(host, 'rancher', password));
  await attempt('release files', () => writeTexts(host, config, version));
  for (const entry of config.write_files) if (isForConsole(entry)) await attempt(`write_files, ${entry.path ?? 'an entry without path'}`, () => writeEntry(host, entry));
  for (const entry of config.mounts) await attempt(`mounts, ${entry[1] === '' ? entry[0] : entry[1]}`, () => mountEntry(host, entry));
  await attempt('runcmd', () => runCommands(host, config.runcmd));
  for (const path of SCRIPTS) await attempt(path, () => runScript(host, path));
  await hostKeys;
  files.write(CONSOLE_DONE, 'default\n');
  await attempt('/etc/rc.local', () => runScript(host, '/etc/rc.local'));
}

function writeTexts(host: SystemHost, config: Configuration, version: string): void {
  const { files } = host;
  const facts = JSON.parse(files.readTextIfPresent('/run/ros/boot.json') ?? '{}') as Partial<BootFacts>;
  const terminals = planTerminals(files.readText('/proc/cmdline'), (device) => files.exists(device));
  files.write('/etc/os-release', renderOsRelease(version));
  files.write('/etc/issue', renderGreeting(version, config, listCards(files), facts.stateDevice === undefined));
  files.write('/etc/motd', renderMessageOfTheDay());
  const proxies = renderProxyProfile(config.rancher.network);
  if (proxies !== '') files.write('/etc/profile.d/proxy.sh', proxies, { mode: 0o755 });
  files.write('/etc/respawn.conf', renderRespawnTable(terminals, config));
  files.makeDirectory('/run/sshd');
  files.makeDirectory('/run/lock');
  if (!files.exists('/run/utmp')) files.write('/run/utmp', '', { mode: 0o664 });
}

/** Other containers write theirs themselves, when they learn to. */
function isForConsole({ container }: FileEntry): boolean {
  return container === '' || container === 'console';
}

/** The first that fails keeps the rest from running: they may build on it. */
async function runCommands(host: SystemHost, commands: readonly Command[]): Promise<void> {
  for (const command of commands) {
    const argv = typeof command === 'string' ? ['/bin/sh', '-c', command] : [...command];
    if (command.length === 0) continue;
    const { code } = await host.processes.start(argv, { stdout: 'inherit', stderr: 'inherit' }).wait();
    if (code !== 0) throw new Error(`${typeof command === 'string' ? command : command.join(' ')}: ended with ${code}; the commands after it do not run`);
  }
}

async function runScript(host: SystemHost, path: string): Promise<void> {
  const status = host.files.stat(path);
  if (status === undefined || (status.mode & 0o100) === 0) return;
  const child = host.processes.start([path], { stdout: 'inherit', stderr: 'inherit' });
  const { code } = await child.wait();
  if (code !== 0) throw new Error(`ended with ${code}`);
}
