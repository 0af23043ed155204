// What a user may have meant by a key that does not exist.

import { closestName } from '@drover/core';
import type { ObjectSpec } from '../schema/key-spec.ts';
import { RANCHER } from '../schema/rancher-keys.ts';
import { findSpec, parseKeyPath } from '../schema/key-path.ts';
import { ROOT } from '../schema/root-keys.ts';
import { specOf } from '../schema/schema.ts';

/** Keys of other systems' cloud-configs that people bring along. */
const FOREIGN_KEYS: ObjectHints = {
  users: 'the users are rancher and docker; give their keys in ssh_authorized_keys',
  user: 'the users are rancher and docker; give their keys in ssh_authorized_keys',
  chpasswd: 'use rancher.password',
  packages: 'run what you need in a container',
  package_update: 'there is no package manager',
  package_upgrade: 'there is no package manager; ros os upgrade upgrades the system',
  apt: 'there is no package manager',
  coreos: 'this section is for CoreOS; most of it has a key below rancher',
  manage_etc_hosts: 'leave it out; /etc/hosts always has the host name',
  fqdn: 'use hostname',
  preserve_hostname: 'leave it out; hostname decides',
  ntp: 'change the ntp service below rancher.services',
  swap: 'use mounts with the type swap',
  growpart: 'use rancher.resize_device',
  power_state: 'run reboot or poweroff from runcmd',
  final_message: 'leave it out',
  mount_default_fields: 'leave it out; give each entry of mounts its own',
  EXTRA_CMDLINE: 'leave it out; the words behind -- of the kernel line are read anew at each boot',
};

type ObjectHints = Readonly<Record<string, string>>;

/** A hint for the unknown `key` of the object at `path`, or undefined. */
export function suggestKey(key: string, keys: ObjectSpec, path: string): string | undefined {
  const close = closestName(key, Object.keys(keys));
  if (close !== undefined) return `did you mean ${close}?`;
  const elsewhere = findElsewhere(key, path);
  if (elsewhere !== undefined) return `did you mean ${elsewhere}?`;
  if (path === '' && key.includes('.')) return unfold(key);
  return path === '' && Object.hasOwn(FOREIGN_KEYS, key) ? FOREIGN_KEYS[key] : undefined;
}

/** A dotted key, as kernel words and `ros config set` have them, in a file. */
function unfold(key: string): string | undefined {
  const parts = parseKeyPath(key);
  return parts.length > 1 && findSpec(parts) !== undefined ? `write ${parts.join(': {')}: VALUE${'}'.repeat(parts.length - 1)}` : undefined;
}

/** A key of the top level written below rancher, or the other way round. */
function findElsewhere(key: string, path: string): string | undefined {
  const name = key.replace(/-/g, '_').toLowerCase();
  if (path === '' && specOf(RANCHER, name) !== undefined) return `rancher.${name}`;
  if (path !== '' && specOf(ROOT, name) !== undefined) return `${name}, at the top level`;
  return undefined;
}
