// An image's folder below images/: image.yml says what it is made of, files/ holds our own files.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RosError } from '@drover/core';
import { parse } from 'yaml';

/** The squashfs of the rootfs chain that the layer goes into. */
export type Part = 'system' | 'engine';

export interface ImageDefinition {
  readonly name: string;
  /** The image below it, or undefined for the lowest. */
  readonly base: string | undefined;
  readonly part: Part;
  /** Debian package -> patterns of its paths (`*` within a folder, `**` below it). */
  readonly packages: Readonly<Record<string, readonly string[]>>;
  /** Program that we compile ourselves -> its path. */
  readonly compiled: Readonly<Record<string, string>>;
  /** Path -> target of a symbolic link. */
  readonly links: Readonly<Record<string, string>>;
  /** Path -> octal mode; folders that end in "/" are created. */
  readonly modes: Readonly<Record<string, string>>;
  /** Names for busybox applets, in which folder; `except` are taken from other packages or are not wanted. */
  readonly applets: { readonly folder: string; readonly except: readonly string[] } | undefined;
  /** Moves everything from packages below this folder, made independent of the surrounding libc. */
  readonly selfContained: string | undefined;
  /** Library -> what each of its functions returns: see stand-in.ts. */
  readonly standIns: Readonly<Record<string, number>>;
  /** Whether the bundle of trusted certificates is made in this image. */
  readonly certificates: boolean;
  /** The image configuration, in Docker's terms. */
  readonly config: Readonly<Record<string, unknown>>;
}

const KEYS = new Set(['base', 'part', 'packages', 'compiled', 'links', 'modes', 'applets', 'selfContained', 'standIns', 'certificates', 'config']);

export function parseDefinition(name: string, text: string, file: string): ImageDefinition {
  const raw = parse(text) as Record<string, unknown>;
  const unknown = Object.keys(raw).find((key) => !KEYS.has(key));
  if (unknown !== undefined) throw new RosError('image-definition', `${file}: unknown key ${unknown}`, { hint: `keys: ${[...KEYS].join(', ')}` });
  const given = raw as Partial<ImageDefinition>;
  return {
    name,
    base: given.base,
    part: given.part ?? 'system',
    packages: given.packages ?? {},
    compiled: given.compiled ?? {},
    links: given.links ?? {},
    modes: given.modes ?? {},
    applets: given.applets,
    selfContained: given.selfContained,
    standIns: given.standIns ?? {},
    certificates: given.certificates ?? false,
    config: given.config ?? {},
  };
}

export function readDefinition(root: string, name: string): ImageDefinition {
  const file = join('images', name, 'image.yml');
  if (!existsSync(join(root, file))) throw new RosError('image-missing', `${file} is missing`);
  return parseDefinition(name, readFileSync(join(root, file), 'utf8'), file);
}

/** `/usr/lib/x/**` and `/usr/bin/a*` as a matcher of absolute paths. */
export function matcher(pattern: string): (path: string) => boolean {
  const body = pattern
    .split(/(\*\*|\*)/)
    .map((part) => (part === '**' ? '.*' : part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')))
    .join('');
  const expression = new RegExp(`^${body}$`);
  return (path) => expression.test(path);
}
