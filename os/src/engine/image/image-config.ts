// The configuration of an image as it is exchanged (OCI image-spec 1.1, config.md, and Docker's own v1.2): the bytes
// whose digest is the image's id.

import { encodeHex, encodeUtf8, RosError } from '@drover/core';
import type { ContainerConfig } from '@drover/docker-api';
import type { Host } from '@drover/host';

export interface HistoryEntry {
  readonly created?: string;
  readonly created_by?: string;
  readonly author?: string;
  readonly comment?: string;
  /** It made no layer. */
  readonly empty_layer?: boolean;
}

export interface ImageConfig {
  readonly architecture?: string;
  readonly os?: string;
  readonly created?: string;
  readonly author?: string;
  readonly comment?: string;
  readonly docker_version?: string;
  readonly config?: ContainerConfig | null;
  readonly rootfs: { readonly type: string; readonly diff_ids: readonly string[] };
  readonly history?: readonly HistoryEntry[];
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' };

/** As images call it. `machine`: as `uname -m` does. */
export function architectureOf(machine: string): string {
  return ARCHITECTURES[machine] ?? machine;
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: unknown): text is string {
  return typeof text === 'string' && DIGEST.test(text);
}

/** As registries and images name what they hold. */
export function digestOf(host: Pick<Host, 'sha256'>, text: string): string {
  return `sha256:${encodeHex(host.sha256(encodeUtf8(text)))}`;
}

/** Throws `invalid-image`. */
export function parseImageConfig(text: string): ImageConfig {
  const wrong = (why: string): never => {
    throw new RosError('invalid-image', `invalid image configuration: ${why}`);
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return wrong('not JSON');
  }
  const { rootfs, config, os } = (value ?? {}) as Partial<ImageConfig>;
  if (typeof rootfs !== 'object' || !Array.isArray(rootfs.diff_ids) || !rootfs.diff_ids.every(isDigest)) return wrong('it has no list of layers (rootfs.diff_ids)');
  if (config !== undefined && config !== null && typeof config !== 'object') return wrong('its "config" is not an object');
  if (os !== undefined && os !== '' && os !== 'linux') return wrong(`it is for ${os}, not for linux`);
  return value as ImageConfig;
}
