// The configuration of a machine: its files, user-data and kernel words, put together. The only part that reads files.

import { emptyTree } from '@drover/yaml';
import { codeOf, explain, join } from '@drover/core';
import type { Files } from '@drover/host';
import { parseKernelWords } from './kernel/parse-kernel-words.ts';
import type { KernelLine } from './kernel/split-kernel-line.ts';
import type { Layer } from './layers/layer.ts';
import { resolveConfiguration } from './layers/resolve-configuration.ts';
import type { Metadata, ResolvedConfiguration } from './layers/resolve-configuration.ts';
import { BOOT_FILE, CLOUD_CONFIG_DIRECTORY, CLOUD_CONFIG_FILE, OEM_CONFIG_FILE, OS_CONFIG_FILE } from './names.ts';
import { TEXT_LIMIT_BYTES } from './text/decode-text.ts';
import type { Addresses } from './text/substitute-addresses.ts';
import { completeAddresses } from './text/substitute-addresses.ts';
import type { UserData } from './user-data/classify-user-data.ts';

export interface LoadOptions {
  /** Every path is below it; default `/`. */
  readonly root?: string;
  /** Without them, what came with the system does not count: os-config.yml and oem-config.yml. */
  readonly systemFiles?: boolean;
  readonly kernelLine?: KernelLine;
  /** From the datasources of this boot. Counts as the drop-in boot.yml and replaces one that is there. */
  readonly userData?: readonly UserData[];
  readonly metadata?: Metadata;
  readonly addresses?: Addresses;
}

export interface LoaderHost {
  readonly files: Pick<Files, 'list' | 'readBytes' | 'stat'>;
}

/** A text that waits to be parsed, or the problem that there is none. */
type Text = { readonly name: string; readonly bytes: Uint8Array; readonly compose?: boolean; readonly announce?: boolean } | Layer;

/**
 * Lowest first: os-config.yml, oem-config.yml, cloud-config.d in the order of names (user-data as boot.yml),
 * cloud-config.yml, kernel words, kernel words behind `--`, what rancher.debug implies, metadata (fills gaps only).
 * Never rejects because of what is in them.
 */
export async function loadConfiguration(host: LoaderHost, options: LoadOptions = {}): Promise<ResolvedConfiguration> {
  const texts = readTexts(host, options);
  const addresses = completeAddresses(options.addresses ?? options.metadata?.addresses ?? {}, options.kernelLine?.words ?? []);
  const layers: Layer[] = [];
  for (const text of texts) {
    if ('tree' in text) {
      layers.push(text);
      continue;
    }
    // Its own chunk of bytecode: a machine without any file does without.
    const { parseCloudConfig } = await import('./parse-cloud-config.ts');
    const { name, bytes, compose = false, announce = true } = text;
    try {
      layers.push(parseCloudConfig(bytes, name, { compose, announce, addresses }));
    } catch (error) {
      // A mistake of ours, or no memory left: no reason not to boot.
      layers.push(unusable(name, `could not be read, by a fault of this program: ${explain(error)}`, 'please report it with the file'));
    }
  }
  if (options.kernelLine !== undefined) layers.push(...parseKernelWords(options.kernelLine));
  return resolveConfiguration(layers, options.metadata);
}

function readTexts(host: LoaderHost, options: LoadOptions): Text[] {
  const below = (path: string): string => join(options.root ?? '/', path);
  const read = (path: string, announce = true): Text[] => {
    const text = readText(host, below(path));
    return text === undefined ? [] : [{ ...text, announce }];
  };
  const system = options.systemFiles === false ? [] : [...read(OS_CONFIG_FILE, false), ...read(OEM_CONFIG_FILE, false)];
  return [...system, ...readDropIns(host, below(CLOUD_CONFIG_DIRECTORY), options.userData ?? []), ...read(CLOUD_CONFIG_FILE)];
}

function readDropIns(host: LoaderHost, directory: string, userData: readonly UserData[]): Text[] {
  const given = userData
    .filter((one) => one.kind === 'cloud-config' || one.kind === 'compose')
    .map((one): Text => ({ name: one.source, bytes: one.bytes, compose: one.kind === 'compose' }));
  let names: string[] = [];
  const failed: Text[] = [];
  try {
    names = host.files.list(directory).filter((name) => !name.startsWith('.'));
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') failed.push(unreadable(directory, error));
  }
  if (given.length > 0 && !names.includes(BOOT_FILE)) names = [...names, BOOT_FILE].sort();
  return [...failed, ...names.flatMap((name) => (name === BOOT_FILE && given.length > 0 ? given : (readText(host, join(directory, name), true) ?? [])))];
}

/** Undefined when there is no such file, and for directories where those are expected. */
function readText(host: LoaderHost, path: string, skipDirectories = false): Text | undefined {
  try {
    const status = host.files.stat(path);
    if (status === undefined || (skipDirectories && status.type === 'directory')) return undefined;
    if (status.type !== 'file') return unusable(path, `this is not a file (${status.type})`, 'put a file there');
    return { name: path, bytes: host.files.readBytes(path, TEXT_LIMIT_BYTES + 1) };
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? undefined : unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): Layer {
  return unusable(path, `cannot be read: ${explain(error)}`, 'is the disk damaged?');
}

function unusable(path: string, message: string, hint: string): Layer {
  return { name: path, tree: emptyTree({ name: path }), problems: [{ code: 'unreadable', severity: 'error', message, source: path, hint }] };
}
