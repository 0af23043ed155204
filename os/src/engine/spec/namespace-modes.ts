// --net, --pid, --ipc, --uts, --cgroupns: what the user may write, and what it means.

import { apiError } from '../api-error.ts';
import type { HostConfig } from '@drover/docker-api';
import { DEFAULT_NETWORK } from '../network/network-record.ts';

export type NamespaceMode = { readonly kind: 'host' | 'private' | 'none' | 'shareable' } | { readonly kind: 'container'; readonly container: string };

export type NetworkMode = { readonly kind: 'host' | 'none' } | { readonly kind: 'container'; readonly container: string } | { readonly kind: 'network'; readonly network: string };

/** What is neither the machine's network nor none nor that of a container is the name of a network. */
export function parseNetworkMode(mode: string = ''): NetworkMode {
  if (mode === 'host' || mode === 'none') return { kind: mode };
  const joined = parseContainerMode(mode);
  return joined ?? { kind: 'network', network: mode === '' || mode === 'default' ? DEFAULT_NETWORK : mode };
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

function parseContainerMode(mode: string): { readonly kind: 'container'; readonly container: string } | undefined {
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
