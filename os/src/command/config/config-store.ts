// The configuration as `ros` commands see it: read anew from its files at each command, so that what `set` wrote is what
// `get` shows.

import { dirname, hasErrors, renderProblem, RosError } from '@drover/core';
import { CLOUD_CONFIG_FILE, keepText, loadConfiguration, splitKernelLine } from '@drover/cloud-config';
import type { ResolvedConfiguration } from '@drover/cloud-config';
import { isMap, toValue } from '@drover/yaml';
import type { MapNode, Value, ValueMap } from '@drover/yaml';
import type { Host } from '@drover/host';
import { readKernelLine } from '../../boot/kernel-line.ts';
import { readSavedMetadata } from './read-saved-metadata.ts';

export type ConfigHost = Pick<Host, 'files'>;

/** What the next boot would use, as far as it is known now: files, kernel words, the metadata of this boot. */
export function loadEverything(host: ConfigHost): Promise<ResolvedConfiguration> {
  return load(host, true);
}

/** All of it but what came with the system: as it was written, unknown keys included. */
export async function loadWritten(host: ConfigHost): Promise<ValueMap> {
  return toValue((await load(host, false)).tree) as ValueMap;
}

async function load(host: ConfigHost, systemFiles: boolean): Promise<ResolvedConfiguration> {
  const metadata = await readSavedMetadata(host);
  const resolved = await loadConfiguration(host, { systemFiles, kernelLine: splitKernelLine(readKernelLine(host.files)), ...(metadata !== undefined && { metadata }) });
  return { ...resolved, tree: keepText(resolved.tree, 'root') };
}

/** With the services that are built in, below those that were written. */
export async function withBuiltIns(value: Value): Promise<Value> {
  const { OS_SERVICES } = await import('../../services/os-config.ts');
  const rancher = isMap(value) && isMap(value['rancher']) ? value['rancher'] : {};
  const written = isMap(rancher['services']) ? rancher['services'] : {};
  const services: Record<string, Value> = { ...written };
  for (const [name, service] of Object.entries(OS_SERVICES)) {
    const above = written[name];
    services[name] = { ...(service as object as ValueMap), ...(isMap(above) ? above : {}) };
  }
  return { ...(isMap(value) ? value : {}), rancher: { ...rancher, services } };
}

/** cloud-config.yml as it was written, with whatever is wrong or unknown in it. Throws `broken-config` when it is no YAML. */
export async function readOwnFile(host: ConfigHost): Promise<MapNode> {
  const bytes = host.files.exists(CLOUD_CONFIG_FILE) ? host.files.readBytes(CLOUD_CONFIG_FILE) : new Uint8Array();
  const { parseRaw } = await import('@drover/cloud-config/yaml');
  const { root, problems } = parseRaw(bytes, CLOUD_CONFIG_FILE);
  if (hasErrors(problems)) throw new RosError('broken-config', renderProblem(problems.find((one) => one.severity === 'error')!), { hint: `correct ${CLOUD_CONFIG_FILE} first; nothing was changed` });
  return root;
}

/** Old or new, never a mix; readable by root alone. */
export async function writeOwnFile({ files }: ConfigHost, value: Value): Promise<void> {
  const { renderYaml } = await import('@drover/cloud-config/yaml');
  const folder = dirname(CLOUD_CONFIG_FILE);
  if (!files.exists(folder)) {
    files.makeDirectory(folder);
    files.changeMode(folder, 0o700);
  }
  files.writeAtomic(CLOUD_CONFIG_FILE, `#cloud-config\n${renderYaml(value)}`, { mode: 0o600 });
}

export async function changeOwnFile(host: ConfigHost, change: (tree: ValueMap) => ValueMap): Promise<void> {
  await writeOwnFile(host, change(toValue(await readOwnFile(host)) as ValueMap));
}
