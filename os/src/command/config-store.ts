// The configuration as `ros config` sees it: read anew from its files at each command, so that what `set` wrote is what
// `get` shows.

import { dirname, hasErrors, renderProblem, RosError } from '@drover/core';
import { CLOUD_CONFIG_FILE, loadConfiguration, OEM_CONFIG_FILE, OS_CONFIG_FILE, resolveConfiguration, splitKernelLine } from '@drover/cloud-config';
import type { Metadata, ResolvedConfiguration } from '@drover/cloud-config';
import type { Host } from '@drover/host';
import { toValue } from '@drover/yaml';
import type { MapNode, Value, ValueMap } from '@drover/yaml';
import { METADATA_FILE } from '../names.ts';

export type ConfigHost = Pick<Host, 'files'>;

/** What the next boot would use, as far as it is known now: files, kernel words, the metadata of this boot. */
export async function loadEverything(host: ConfigHost): Promise<ResolvedConfiguration> {
  const metadata = readMetadata(host);
  return loadConfiguration(host, { kernelLine: splitKernelLine(host.files.readText('/proc/cmdline')), ...(metadata !== undefined && { metadata }) });
}

/** All of it but what came with the system: as it was written, unknown keys included. */
export async function loadWritten(host: ConfigHost): Promise<ValueMap> {
  const { layers } = await loadEverything(host);
  return toValue(resolveConfiguration(layers.filter(({ name }) => name !== OS_CONFIG_FILE && name !== OEM_CONFIG_FILE), readMetadata(host)).tree) as ValueMap;
}

function readMetadata({ files }: ConfigHost): Metadata | undefined {
  const text = files.readTextIfPresent(METADATA_FILE);
  return text === undefined ? undefined : (JSON.parse(text) as Metadata);
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
