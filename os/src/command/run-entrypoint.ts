// `ros entrypoint COMMAND`: the entry point of RancherOS's own images, so that they run here as well. Brings in what the
// machine gives them, then becomes their command.

import { dirname } from '@drover/core';
import type { SystemHost } from '@drover/host';
import type { CommandContext } from './command.ts';
import { execProgram } from './exec-program.ts';
import type { Flags } from './parse-flags.ts';

const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
const ROS = '/usr/bin/ros';
const NAMES: readonly string[] = [
  '/usr/bin/respawn', '/usr/sbin/netconf', '/usr/sbin/wait-for-docker',
  ...['/usr/sbin', '/sbin'].flatMap((folder) => ['poweroff', 'reboot', 'halt', 'shutdown'].map((name) => `${folder}/${name}`)),
];

export async function run({ host }: Pick<CommandContext, 'host'>, { operands }: Flags): Promise<number> {
  const { files, mounts, processes } = host;
  if (files.stat('/host/dev')?.type === 'directory') mounts.mount({ source: '/host/dev', target: '/dev', type: '', flags: ['rbind'] });
  const trusted = `${CERTIFICATES}.rancher`;
  if (files.exists(trusted)) files.replace(CERTIFICATES, files.readBytes(trusted));
  if (files.exists(ROS)) for (const name of NAMES) linkToRos(host, name);
  return operands.length === 0 ? 0 : execProgram(host, operands, processes.environment());
}

/** In a container of ours they are there already. */
function linkToRos({ files }: Pick<SystemHost, 'files'>, path: string): void {
  if (!files.exists(dirname(path))) return;
  if (files.exists(path) && files.realPath(path) === files.realPath(ROS)) return;
  files.remove(path);
  files.symlink(ROS, path);
}
