// Accounts of the console: SSH keys of the two users, and the password of `rancher`.

import { RosError } from '@drover/core';
import type { Host } from '@drover/host';

export interface Account {
  readonly name: string;
  readonly id: number;
}

export const ACCOUNTS: readonly Account[] = [{ name: 'rancher', id: 1100 }, { name: 'docker', id: 1101 }];

/** The content of authorized_keys with every configured key in it; keys that were there stay, in their order. */
export function mergeAuthorizedKeys(current: string, keys: readonly string[]): string {
  const lines = current.split('\n').map((line) => line.trimEnd()).filter((line) => line !== '');
  const added = keys.map((key) => key.trim()).filter((key) => key !== '' && !lines.includes(key));
  const all = [...lines, ...new Set(added)];
  return all.length === 0 ? '' : `${all.join('\n')}\n`;
}

export function writeAuthorizedKeys(host: Host, account: Account, keys: readonly string[]): void {
  const { files } = host;
  const folder = `/home/${account.name}/.ssh`;
  const path = `${folder}/authorized_keys`;
  const current = files.readTextIfPresent(path) ?? '';
  const merged = mergeAuthorizedKeys(current, keys);
  if (merged === current) return;
  files.makeDirectory(folder, 0o700);
  files.writeAtomic(path, merged, { mode: 0o600 });
  for (const made of [folder, path]) files.changeOwner(made, account.id, account.id);
}

/** Through chpasswd, so that the hash is the distribution's choice. The password is never on a command line. */
export async function setPassword(host: Host, account: string, password: string): Promise<void> {
  const { code, stderr } = await host.processes.run(['/usr/sbin/chpasswd'], { input: `${account}:${password}\n` });
  if (code !== 0) throw new RosError('password', `setting the password of ${account} failed: ${stderr.trim()}`);
}
