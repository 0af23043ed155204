// The command line and the environment of System Docker, from rancher.system_docker and rancher.network.

import type { Configuration } from '@drover/cloud-config';
import { isMirrorAddress } from '../engine/registry/registry-address.ts';
import { SYSTEM_DOCKER_SOCKET } from '../names.ts';
import { proxyEnvironment } from '../network/proxies.ts';

/** What the daemon would not take is left out: a machine whose System Docker does not start is of no use. */
export function renderSystemDockerCommand(options: Configuration['rancher']['system_docker'] | undefined): string[] {
  const { debug, insecure_registry: insecure = [], registry_mirror: mirror } = options ?? {};
  return [
    '/usr/bin/system-docker', 'daemon', '--data-root', '/var/lib/system-docker', '--exec-root', '/run/system-docker',
    '--host', `unix://${SYSTEM_DOCKER_SOCKET}`, '--pidfile', '/run/system-docker.pid', '--preload', '/rootfs/system',
    ...(debug === true ? ['--debug'] : []),
    ...insecure.filter((name) => name !== '').flatMap((name) => ['--insecure-registry', name]),
    ...(mirror !== undefined && isMirrorAddress(mirror) ? ['--registry-mirror', mirror] : []),
  ];
}

/** What the user says of the daemon's environment goes before the proxies of the network. */
export function renderSystemDockerEnvironment(rancher: { readonly network: Parameters<typeof proxyEnvironment>[0]; readonly system_docker: Configuration['rancher']['system_docker'] } | undefined): string[] {
  const own = rancher?.system_docker.environment ?? [];
  const names = new Set(own.map((entry) => entry.split('=', 1)[0]));
  return [...proxyEnvironment(rancher?.network ?? {}).filter((entry) => !names.has(entry.split('=', 1)[0])), ...own];
}
