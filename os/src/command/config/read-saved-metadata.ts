// What the datasource said about the machine, as far as it was kept. Scripts of RancherOS write the second file themselves.

import type { Metadata } from '@drover/cloud-config';
import { isMap, toValue } from '@drover/yaml';
import type { Value } from '@drover/yaml';
import type { Host } from '@drover/host';
import { METADATA_FILE, SAVED_METADATA_FILE } from '../../names.ts';

/** The file on the state partition counts, when it is there; else what this boot was told. */
export async function readSavedMetadata({ files }: Pick<Host, 'files'>): Promise<Metadata | undefined> {
  const saved = files.readTextIfPresent(SAVED_METADATA_FILE);
  if (saved !== undefined) return interpret(await parse(saved));
  const text = files.readTextIfPresent(METADATA_FILE);
  return text === undefined ? undefined : (JSON.parse(text) as Metadata);
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
  return { source: SAVED_METADATA_FILE, sshPublicKeys, ...(hostname !== undefined && { hostname }), ...(rootDisk !== undefined && { rootDisk }) };
}
