// A real NFS server (nfs-ganesha, version 4) on this machine, for machines whose gateway leads to it.

import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../eventually.ts';
import { findFreePort } from '../machine/index.ts';

export interface NfsServer {
  readonly port: number;
  /** What it serves as /export. */
  readonly folder: string;
  /** As a server that lost its power: it answers nothing more. */
  stop(): void;
}

export async function startNfsServer(folder: string): Promise<NfsServer> {
  rmSync(folder, { recursive: true, force: true });
  const [exported, recovery, config, log] = ['export', 'recovery', 'ganesha.conf', 'log'].map((name) => join(folder, name)) as [string, string, string, string];
  for (const path of [exported, recovery]) mkdirSync(path, { recursive: true });
  const port = await findFreePort();
  writeFileSync(config, renderConfig(port, exported, recovery));
  const server = spawn('ganesha.nfsd', ['-F', '-f', config, '-L', log, '-p', join(folder, 'pid')], { stdio: 'ignore' });
  const stop = (): void => void server.kill('SIGKILL');
  try {
    await eventually('the NFS server serves', 30_000, () => Promise.resolve(readFileSync(log, 'utf8').includes('NFS SERVER INITIALIZED')));
  } catch (error) {
    stop();
    throw error;
  }
  return { port, folder: exported, stop };
}

function renderConfig(port: number, exported: string, recovery: string): string {
  return [
    `NFS_CORE_PARAM { Protocols = 4; NFS_Port = ${port}; Enable_NLM = false; Enable_RQUOTA = false; Enable_UDP = false; Bind_addr = 127.0.0.1; }`,
    'NFS_KRB5 { Active_krb5 = false; }',
    `NFSV4 { Graceless = true; RecoveryBackend = fs; RecoveryRoot = "${recovery}"; Minor_Versions = 1, 2; }`,
    `EXPORT { Export_Id = 1; Path = "${exported}"; Pseudo = /export; Access_Type = RW; Squash = No_Root_Squash; SecType = sys; Protocols = 4; Transports = TCP; PrivilegedPort = false; FSAL { Name = VFS; } }`,
    '',
  ].join('\n');
}
