// What the datasource said about the machine, as it was kept: by cloud-init, or by scripts of RancherOS themselves.

import type { Metadata } from '@drover/cloud-config';
import { isMap, toValue } from '@drover/yaml';
import type { Value } from '@drover/yaml';
import type { Host } from '@drover/host';
import { SAVED_METADATA_FILE } from '../../names.ts';

export async function readSavedMetadata({ files }: { readonly files: Pick<Host['files'], 'readTextIfPresent'> }): Promise<Metadata | undefined> {
  const saved = files.readTextIfPresent(SAVED_METADATA_FILE);
  return saved === undefined ? undefined : interpret(await parse(saved));
}

async function parse(text: string): Promise<Value> {
  const { parseYaml } = await import('@drover/yaml/read');
  const { root } = parseYaml(text, SAVED_METADATA_FILE);
  return root === undefined ? null : toValue(root);
}

/** The names are those of RancherOS's structure, in any case: its versions wrote them in two. */
function interpret(value: Value): Metadata {
  const fields = new Map(Object.entries(isMap(value) ? value : {}).map(([name, field]) => [name.toLowerCase(), field]));
  const text = (name: string): string | undefined => {
    const field = fields.get(name);
    return typeof field === 'string' && field !== '' ? field : undefined;
  };
  const [hostname, rootDisk, keys] = [text('hostname'), text('rootdisk'), fields.get('sshpublickeys')];
  const sshPublicKeys = Object.fromEntries(Object.entries(isMap(keys) ? keys : {}).flatMap(([name, key]) => (typeof key === 'string' ? [[name, key]] : [])));
  const [privateIpv4, publicIpv4, privateIpv6, publicIpv6] = [text('privateipv4'), text('publicipv4'), text('privateipv6'), text('publicipv6')];
  const addresses = { ...(privateIpv4 && { privateIpv4 }), ...(publicIpv4 && { publicIpv4 }), ...(privateIpv6 && { privateIpv6 }), ...(publicIpv6 && { publicIpv6 }) };
  return { source: SAVED_METADATA_FILE, sshPublicKeys, addresses, ...(hostname !== undefined && { hostname }), ...(rootDisk !== undefined && { rootDisk }) };
}
