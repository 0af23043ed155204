// What a datasource said about the machine, as files below /var/lib/rancher/conf, under RancherOS's names.

import { join } from '@drover/core';
import type { Metadata } from '@drover/cloud-config';
import type { ValueMap } from '@drover/yaml';
import { CLOUD_CONFIG_DIRECTORY, SAVED_METADATA_FILE } from '../names.ts';
import type { KeeperHost } from './keep-user-data.ts';
import { writeChanged } from './keep-user-data.ts';

export const NETWORK_CONFIG: string = join(CLOUD_CONFIG_DIRECTORY, 'network.yml');

export async function keepMetadata({ files }: KeeperHost, { hostname, sshPublicKeys, rootDisk, addresses }: Omit<Metadata, 'source'>): Promise<void> {
  const fields: [string, ValueMap[string] | undefined][] = [
    ['Hostname', hostname], ['SSHPublicKeys', sshPublicKeys], ['RootDisk', rootDisk], ['PrivateIPv4', addresses?.privateIpv4], ['PrivateIPv6', addresses?.privateIpv6],
    ['PublicIPv4', addresses?.publicIpv4], ['PublicIPv6', addresses?.publicIpv6],
  ];
  const known = Object.fromEntries(fields.flatMap(([name, field]) => (field === undefined ? [] : [[name, field]])));
  const { renderYaml } = await import('@drover/cloud-config/yaml');
  writeChanged(files, SAVED_METADATA_FILE, renderYaml(known), 0o600);
}

/** `network`: the content of rancher.network. */
export async function keepNetwork({ files }: KeeperHost, network: ValueMap): Promise<void> {
  const { renderYaml } = await import('@drover/cloud-config/yaml');
  files.makeDirectory(CLOUD_CONFIG_DIRECTORY, 0o700);
  writeChanged(files, NETWORK_CONFIG, `#cloud-config\n# By cloud-init, from the metadata of this machine.\n${renderYaml({ rancher: { network } })}`, 0o600);
}
