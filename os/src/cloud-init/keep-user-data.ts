// The user-data of this boot as files below /var/lib/rancher/conf: it stays in force when its source is gone, and other
// programs read it there. Files that would not change are not written.

import { encodeUtf8, join } from '@drover/core';
import type { UserData } from '@drover/cloud-config';
import type { Files } from '@drover/host';
import { CLOUD_CONFIG_DIRECTORY, CLOUD_CONFIG_SCRIPT, CLOUD_CONFIG_SCRIPTS } from '../names.ts';

export const BOOT_CONFIG: string = join(CLOUD_CONFIG_DIRECTORY, 'boot.yml');

/** One script as it is; several beside each other, and one that runs them in their order. */
const RUN_ALL = `#!/bin/sh
# Several scripts were given; this runs them one after the other.
for script in ${CLOUD_CONFIG_SCRIPTS}/*; do "$script"; done
`;

export type KeeperHost = { readonly files: Pick<Files, 'exists' | 'readBytes' | 'writeAtomic' | 'removeTree' | 'makeDirectory'> };

/** What is not among the parts stays as an earlier boot left it: an old script runs on, as it does in RancherOS 1.x. */
export async function keepUserData({ files }: KeeperHost, parts: readonly UserData[]): Promise<void> {
  files.makeDirectory(CLOUD_CONFIG_DIRECTORY, 0o700);
  const configs = parts.filter((part) => part.kind === 'cloud-config' || part.kind === 'compose');
  const scripts = parts.filter((part) => part.kind === 'script');
  if (configs.length > 0) writeChanged(files, BOOT_CONFIG, await renderConfigs(configs), 0o600);
  if (scripts.length === 0) return;
  files.removeTree(CLOUD_CONFIG_SCRIPTS);
  if (scripts.length === 1) return writeChanged(files, CLOUD_CONFIG_SCRIPT, scripts[0]!.bytes, 0o700);
  files.makeDirectory(CLOUD_CONFIG_SCRIPTS, 0o700);
  scripts.forEach(({ bytes }, i) => writeChanged(files, join(CLOUD_CONFIG_SCRIPTS, String(i + 1).padStart(3, '0')), bytes, 0o700));
  writeChanged(files, CLOUD_CONFIG_SCRIPT, RUN_ALL, 0o700);
}

/** A single cloud-config keeps its text with its comments; several become one, later parts above earlier ones. */
async function renderConfigs(parts: readonly UserData[]): Promise<string | Uint8Array> {
  if (parts.length === 1 && parts[0]!.kind === 'cloud-config') return parts[0]!.bytes;
  const { mergeRawTexts, renderYaml } = await import('@drover/cloud-config/yaml');
  const merged = renderYaml(mergeRawTexts(parts.map(({ bytes, source, kind }) => ({ bytes, name: source, compose: kind === 'compose' }))));
  // A quoted text doubles the backslash that keeps $private_ipv4 from being replaced, which happens before quotes count.
  return `#cloud-config\n${merged.replace(/\\\\(?=\$(?:private|public)_ipv[46])/g, '\\')}`;
}

export function writeChanged(files: KeeperHost['files'], path: string, data: string | Uint8Array, mode: number): void {
  const bytes = typeof data === 'string' ? encodeUtf8(data) : data;
  const current = files.exists(path) ? files.readBytes(path) : undefined;
  if (current?.length === bytes.length && current.every((byte, i) => byte === bytes[i])) return;
  files.writeAtomic(path, bytes, { mode });
}
