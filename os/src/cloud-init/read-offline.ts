// Datasources that need no network, for PID 1: a small disk with a label, a file. Never waited for beyond the drivers
// that are still starting. What needs the network is left to the service cloud-init.

import { codeOf, decodeUtf8, explain, join } from '@drover/core';
import { BOOT_FILE, CLOUD_CONFIG_DIRECTORY, CLOUD_CONFIG_FILE, CONF_DIRECTORY, loadConfiguration, readConfigDrive, TEXT_LIMIT_BYTES } from '@drover/cloud-config';
import type { ConfigDrive, ConfigProblem, DriveLabel, KernelLine, Metadata, UserData } from '@drover/cloud-config';
import type { SystemHost } from '@drover/host';
import { getNode, toValue } from '@drover/yaml';
import { listBlockDevices, probeContent } from '../boot/block-devices.ts';
import type { BootLog } from '../boot/boot-log.ts';
import { MODULES_LOADING } from '../boot/modules.ts';
import { readSavedMetadata } from '../command/config/read-saved-metadata.ts';
import type { SourceName } from './datasource.ts';
import { DATASOURCES } from './datasources.ts';
import { readDmi } from './dmi.ts';
import { keepMetadata } from './keep-metadata.ts';
import { keepUserData } from './keep-user-data.ts';
import { planDatasources } from './plan-datasources.ts';
import { writeWaiting } from './waiting.ts';

export interface OfflineData {
  readonly userData: readonly UserData[];
  /** Of this boot; else what an earlier one has kept. */
  readonly metadata: Metadata | undefined;
  readonly problems: readonly ConfigProblem[];
}

type Read = ConfigDrive & { readonly source: string };

const LATE_DEVICES_MS = 10_000;
const POLL_MS = 50;

export async function readOffline(host: SystemHost, log: BootLog, kernelLine: KernelLine): Promise<OfflineData> {
  const { sources, problems } = planDatasources(await readConfigured(host, kernelLine), readDmi(host), kernelLine.words);
  const found: ConfigProblem[] = [...problems];
  const read = (await readDrive(host, log, sources)) ?? (await readFiles(host, sources, found));
  const network = sources.filter(({ name }) => DATASOURCES[name]?.from === 'network');
  if (read === undefined && network.length > 0) writeWaiting(host.files, { sources: network });
  if (read?.waiting !== undefined) writeWaiting(host.files, { sources: [], includes: { source: read.source, userData: read.waiting } });
  if (read !== undefined) await keep(host, read, log);
  return { userData: read?.userData ?? [], metadata: read?.metadata ?? (await readSavedMetadata(host)), problems: [...found, ...(read?.problems ?? [])] };
}

/** Undefined when nobody has set the list. User-data of an earlier boot has no say in where user-data comes from. */
async function readConfigured(host: SystemHost, kernelLine: KernelLine): Promise<readonly string[] | undefined> {
  // Reading every file twice is only worth it when one of them has the word.
  if (![kernelLine.words.join(' '), kernelLine.elided?.join(' ') ?? '', ...readConfTexts(host)].some((text) => text.includes('datasources'))) return undefined;
  const { layers } = await loadConfiguration(host, { kernelLine });
  const own = layers.filter(({ name }) => name !== join(CLOUD_CONFIG_DIRECTORY, BOOT_FILE)).flatMap(({ tree }) => getNode(tree, ['rancher', 'cloud_init', 'datasources']) ?? []);
  const list = own.length === 0 ? undefined : toValue(own.at(-1)!);
  return Array.isArray(list) ? list.map(String) : undefined;
}

function readConfTexts({ files }: SystemHost): string[] {
  try {
    const names = files.list(CLOUD_CONFIG_DIRECTORY).filter((name) => name !== BOOT_FILE).map((name) => join(CLOUD_CONFIG_DIRECTORY, name));
    return [...names, CLOUD_CONFIG_FILE].filter((path) => files.stat(path)?.type === 'file').map((path) => decodeUtf8(files.readBytes(path, TEXT_LIMIT_BYTES)));
  } catch {
    return ['datasources']; // what cannot be read here is reported when it is read in earnest
  }
}

async function readDrive(host: SystemHost, log: BootLog, sources: readonly SourceName[]): Promise<Read | undefined> {
  const labels = sources.flatMap(({ name }): DriveLabel[] => {
    const source = DATASOURCES[name];
    return source?.from === 'drive' ? [source.label] : [];
  });
  if (labels.length === 0) return undefined;
  const deadline = host.clock.monotonic() + LATE_DEVICES_MS;
  let device = findConfigDrive(host, labels);
  while (device === undefined && host.files.exists(MODULES_LOADING) && host.clock.monotonic() < deadline) {
    await host.clock.sleep(POLL_MS);
    device = findConfigDrive(host, labels);
  }
  if (device === undefined) return undefined;
  try {
    const target = `/media/${device.label}`;
    mountReadOnly(host, device.path, device.type, target);
    return { ...(await readConfigDrive(host, target, device.label)), source: target };
  } catch (error) {
    log.error(`config drive ${device.path}: ${explain(error)}`);
    return undefined;
  }
}

function mountReadOnly(host: SystemHost, source: string, type: string, target: string): void {
  host.files.makeDirectory(target);
  host.mounts.mount({ source, target, type, flags: ['ro', 'nosuid', 'nodev', 'noexec'] });
}

/** Of several drives, the one whose label stands further ahead. */
function findConfigDrive(host: SystemHost, labels: readonly DriveLabel[]): { path: string; type: string; label: DriveLabel } | undefined {
  const found = listBlockDevices(host).flatMap(({ path }) => {
    const content = probeContent(host.files, path);
    const label = labels.find((one) => one === content?.label.toLowerCase());
    return content === undefined || label === undefined ? [] : [{ path, type: content.type, label }];
  });
  return labels.map((label) => found.find((one) => one.label === label)).find((one) => one !== undefined);
}

/** The first file of the list that is there. */
async function readFiles(host: SystemHost, sources: readonly SourceName[], problems: ConfigProblem[]): Promise<Read | undefined> {
  for (const { name, argument } of sources) {
    const datasource = DATASOURCES[name];
    if (datasource?.from !== 'file') continue;
    const path = datasource.disk === undefined ? argument : join(argument, 'user-data');
    try {
      if (datasource.disk !== undefined) {
        const type = host.files.exists(datasource.disk) ? probeContent(host.files, datasource.disk)?.type : undefined;
        if (type === undefined) continue;
        mountReadOnly(host, datasource.disk, type, argument);
      }
      if (host.files.stat(path)?.type !== 'file') {
        if (datasource.disk === undefined) problems.push({ code: 'unreadable', severity: 'warning', message: 'there is no such file', source: path, hint: 'rancher.cloud_init.datasources names it' });
        continue;
      }
      return await readFile(host, path);
    } catch (error) {
      problems.push({ code: 'unreadable', severity: 'error', message: `cannot be read: ${explain(error)}`, source: path, hint: codeOf(error) === 'EIO' ? 'is the disk damaged?' : 'rancher.cloud_init.datasources names it' });
    }
  }
  return undefined;
}

async function readFile(host: SystemHost, path: string): Promise<Read> {
  const bytes = host.files.readBytes(path, TEXT_LIMIT_BYTES + 1);
  const { expandUserData } = await import('@drover/cloud-config/yaml');
  const { parts, problems, needsNetwork } = await expandUserData(bytes, path);
  return { userData: parts, metadata: undefined, problems, waiting: needsNetwork ? bytes : undefined, source: path };
}

/** As RancherOS does: what was read last stays in force when its source is gone. */
async function keep(host: SystemHost, { userData, metadata }: Read, log: BootLog): Promise<void> {
  try {
    await keepUserData(host, userData);
    if (metadata !== undefined) await keepMetadata(host, metadata);
  } catch (error) {
    log.warning(`user-data and metadata are used, but could not be kept below ${CONF_DIRECTORY}: ${explain(error)}`);
  }
}
