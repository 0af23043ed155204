// `docker import`: a file system as an archive becomes an image of one layer.

import { encodeHex, join, splitWords } from '@drover/core';
import { pump } from '@drover/host';
import type { ByteSource } from '@drover/host';
import type { ContainerConfig } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import type { Engine } from '../engine.ts';
import { removeTree } from '../storage/trees.ts';
import { addImage } from './add-image.ts';
import type { ImageConfig } from './image-config.ts';
import { UNFINISHED } from './image-files.ts';
import { importLayer } from './import-layer.ts';
import type { Image } from './image-store.ts';

export interface ImportOptions {
  readonly message: string;
  /** Lines of a Dockerfile. */
  readonly changes: readonly string[];
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' };

export async function importImage(engine: Engine, archive: ByteSource, { message, changes }: ImportOptions): Promise<Image> {
  const { host, paths } = engine;
  const config = changes.reduce(applyChange, {});
  const file = join(paths.temporary, UNFINISHED + encodeHex(host.random(8)));
  try {
    host.files.write(file, '', { mode: 0o600 });
    const sink = host.children.sink(host.children.openDescriptor(file, 'write'));
    try {
      await pump(archive, sink);
    } finally {
      sink.close();
    }
    const diffId = await importLayer(engine, file, undefined);
    const created = new Date(host.clock.now()).toISOString();
    const image: ImageConfig = {
      architecture: ARCHITECTURES[host.kernel.machine] ?? host.kernel.machine, os: 'linux', created, comment: message || 'Imported from -', config,
      rootfs: { type: 'layers', diff_ids: [diffId] }, history: [{ created, comment: message || 'Imported from -' }],
    };
    return addImage(engine, JSON.stringify(image));
  } finally {
    await removeTree(host, file);
  }
}

type Change = (config: ContainerConfig, words: readonly string[], rest: string) => ContainerConfig;

/** `["a", "b"]`, or a line for the shell. */
function parseCommand(rest: string): readonly string[] {
  try {
    const list: unknown = JSON.parse(rest);
    if (Array.isArray(list) && list.every((word) => typeof word === 'string')) return list;
  } catch {
    // a line
  }
  return ['/bin/sh', '-c', rest];
}

/** `A=1 B=2`, or `A 1`. */
function parsePairs(words: readonly string[]): [string, string][] {
  if (!words[0]?.includes('=')) return [[words[0] ?? '', words.slice(1).join(' ')]];
  return words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]);
}

function nameSet(words: readonly string[]): Readonly<Record<string, Readonly<Record<string, never>>>> {
  return Object.fromEntries(words.map((word) => [word, {}]));
}

/** What a Dockerfile may say that concerns the configuration alone. */
const CHANGES: Readonly<Record<string, Change>> = {
  CMD: (config, _, rest) => ({ ...config, Cmd: parseCommand(rest) }),
  ENTRYPOINT: (config, _, rest) => ({ ...config, Entrypoint: parseCommand(rest) }),
  ENV: (config, words) => ({ ...config, Env: [...(config.Env ?? []), ...parsePairs(words).map(([name, value]) => `${name}=${value}`)] }),
  LABEL: (config, words) => ({ ...config, Labels: { ...config.Labels, ...Object.fromEntries(parsePairs(words)) } }),
  WORKDIR: (config, _, rest) => ({ ...config, WorkingDir: rest }),
  USER: (config, _, rest) => ({ ...config, User: rest }),
  STOPSIGNAL: (config, _, rest) => ({ ...config, StopSignal: rest }),
  EXPOSE: (config, words) => ({ ...config, ExposedPorts: { ...config.ExposedPorts, ...nameSet(words.map((word) => (word.includes('/') ? word : `${word}/tcp`))) } }),
  VOLUME: (config, words, rest) => ({ ...config, Volumes: { ...config.Volumes, ...nameSet(rest.startsWith('[') ? parseCommand(rest) : words) } }),
};

/** Throws `invalid-parameter`. */
export function applyChange(config: ContainerConfig, line: string): ContainerConfig {
  const [, word = '', rest = ''] = /^\s*(\S+)\s+(.*?)\s*$/s.exec(line) ?? [];
  const change = CHANGES[word.toUpperCase()];
  if (change === undefined) throw apiError('invalid-parameter', `${line} is not a valid change command`);
  return change(config, splitWords(rest) ?? [], rest);
}
