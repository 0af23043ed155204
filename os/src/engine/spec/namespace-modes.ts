// --net, --pid, --ipc, --uts, --cgroupns: what the user may write, and what it means.

import { apiError } from '../api-error.ts';
import type { HostConfig } from '@drover/docker-api';

export type NamespaceMode = { readonly kind: 'host' | 'private' | 'none' | 'shareable' } | { readonly kind: 'container'; readonly container: string };

/** Until System Docker has a bridge of its own, the default network is the machine's. */
const HOST_NETWORKS = ['', 'default', 'bridge', 'host'];

/** Throws `not-found` for a network that does not exist, `invalid-parameter` for what is none. */
export function parseNetworkMode(mode: string = ''): NamespaceMode {
  if (HOST_NETWORKS.includes(mode)) return { kind: 'host' };
  if (mode === 'none') return { kind: 'none' };
  return parseContainerMode(mode) ?? refuse('not-found', `network ${mode} not found`);
}

export function parsePidMode(mode: string = ''): NamespaceMode {
  if (mode === '' || mode === 'private') return { kind: 'private' };
  if (mode === 'host') return { kind: 'host' };
  return parseContainerMode(mode) ?? refuse('invalid-parameter', `invalid PID mode: ${mode}`);
}

export function parseIpcMode(mode: string = ''): NamespaceMode {
  if (mode === '') return { kind: 'private' };
  if (mode === 'private' || mode === 'host' || mode === 'none' || mode === 'shareable') return { kind: mode };
  return parseContainerMode(mode) ?? refuse('invalid-parameter', `invalid IPC mode: ${mode}`);
}

/** Of --uts and --cgroupns, which know only the machine's and their own. */
export function parsePlainMode(mode: string = '', what: 'UTS' | 'cgroup namespace'): NamespaceMode {
  if (mode === 'host') return { kind: 'host' };
  if (mode === '' || mode === 'private') return { kind: 'private' };
  return refuse('invalid-parameter', `invalid ${what} mode: ${mode}`);
}

function parseContainerMode(mode: string): NamespaceMode | undefined {
  const match = /^container:(.+)$/.exec(mode);
  return match === null ? undefined : { kind: 'container', container: match[1]! };
}

function refuse(code: 'invalid-parameter' | 'not-found', message: string): never {
  throw apiError(code, message);
}

/** Checked at creation. A network may still come to be before the start; and a 404 makes docker pull the image. */
export function checkNamespaceModes(hostConfig: HostConfig): void {
  parsePidMode(hostConfig.PidMode);
  parseIpcMode(hostConfig.IpcMode);
  parsePlainMode(hostConfig.UTSMode, 'UTS');
  parsePlainMode(hostConfig.CgroupnsMode, 'cgroup namespace');
}
