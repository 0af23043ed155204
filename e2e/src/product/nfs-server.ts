// A real NFS server for machines: nfs-ganesha and the rpcbind that version 3 needs, in a network of their own, so that they
// have the usual ports and nobody else sees them. Connections get there one by one, by relay.mjs. Needs root.

import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Workspace } from '@drover/builder';
import { RosError } from '@drover/core';
import { eventually } from '../eventually.ts';

/** Where a machine finds it, when it has its `commands`. */
export const NFS_ADDRESS = '10.0.2.100';
/** What it serves, in the words of `mounts`. */
export const NFS_EXPORT: string = `${NFS_ADDRESS}:/export`;

const PORTS = { rpcbind: 111, nfs: 2049, mountd: 20048 };
const START_LIMIT_MS = 60_000;

/**
 * $1 where Debian's packages are unpacked, once: installed, they would start services. Prints the folder of the server's
 * plug-ins. Some packages still have what is below /usr beside it.
 */
const UNPACK = `set -e
mkdir -p "$1"
cd "$1"
[ -e complete ] || {
  mkdir -p debs/partial
  apt-get install -qq --download-only --reinstall --no-install-recommends -o Dir::Cache::archives="$1/debs" nfs-ganesha nfs-ganesha-vfs rpcbind >&2
  for deb in debs/*.deb; do dpkg-deb -x "$deb" .; done
  touch complete
}
dirname "$1"/usr/lib/*/ganesha/libfsalvfs.so`;

/** $1 configuration, $2 log, $3 the unpacked packages. /etc/netconfig is in one of them. */
const START = `set -e
ip link set lo up
mount -t overlay -o "lowerdir=$3/etc:/etc" etc /etc
mount -t tmpfs -o mode=755 run /run
rpcbind
exec ganesha.nfsd -F -f "$1" -L "$2" -p /run/ganesha.pid`;

export class NfsServer {
  private readonly holder: ChildProcess;
  /** Of ganesha.nfsd, as this machine numbers it. */
  private readonly pid: number;
  /** The folder of this machine that it serves. */
  readonly folder: string;
  private readonly relay: string;

  private constructor(holder: ChildProcess, pid: number, folder: string, relay: string) {
    this.holder = holder;
    this.pid = pid;
    this.folder = folder;
    this.relay = relay;
  }

  static async start({ root, cache }: Workspace, folder: string): Promise<NfsServer> {
    const packages = join(cache, 'run/nfs-server');
    const plugins = unpackPackages(packages);
    rmSync(folder, { recursive: true, force: true });
    const [exported, recovery, config, log] = ['export', 'recovery', 'ganesha.conf', 'log'].map((name) => join(folder, name)) as [string, string, string, string];
    for (const path of [exported, recovery]) mkdirSync(path, { recursive: true });
    writeFileSync(config, renderConfig(plugins, exported, recovery));
    const holder = spawn('unshare', ['--net', '--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', START, 'nfs', config, log, packages], { stdio: ['ignore', 'ignore', 'pipe'], env: environment(packages, plugins) });
    let complaint = '';
    holder.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    try {
      const pid = await eventually('the NFS server serves', START_LIMIT_MS, () => {
        if (holder.exitCode !== null) throw new RosError('machine-ended', `the NFS server ended: ${complaint.trim()}; its log is ${log}`);
        return readFileSync(log, 'utf8').includes('NFS SERVER INITIALIZED') && Number(readFileSync(`/proc/${holder.pid!}/task/${holder.pid!}/children`, 'utf8'));
      });
      return new NfsServer(holder, pid, exported, `nsenter --net -t ${pid} -- ${process.execPath} ${join(root, 'e2e/src/machine/relay.mjs')}`);
    } catch (error) {
      holder.kill('SIGKILL');
      throw error;
    }
  }

  /** For the network card of a machine. */
  get commands(): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.values(PORTS).map((port) => [`${NFS_ADDRESS}:${port}`, `${this.relay} ${port}`]));
  }

  /** As a server that hangs, or whose cable was pulled: connections stay, and nothing is answered any more. */
  freeze(): void {
    process.kill(this.pid, 'SIGSTOP');
  }

  /** Ends everything in its namespaces. */
  close(): void {
    this.holder.kill('SIGKILL');
  }
}

function unpackPackages(into: string): string {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', UNPACK, 'unpack', into], { encoding: 'utf8' });
  if (status !== 0) throw new RosError('program-missing', `nfs-ganesha could not be had: ${stderr.trim()}`, { hint: 'run apt-get update' });
  return stdout.trim();
}

function environment(packages: string, plugins: string): NodeJS.ProcessEnv {
  const programs = ['usr/sbin', 'sbin', 'usr/bin'].map((folder) => join(packages, folder));
  return { ...process.env, PATH: [...programs, process.env['PATH'] ?? '', '/usr/sbin:/sbin'].join(':'), LD_LIBRARY_PATH: [dirname(plugins), join(packages, 'usr/lib/ganesha')].join(':') };
}

/** ganesha-core-config(8), ganesha-export-config(8). Ports of clients are those of QEMU, which are no privileged ones. */
function renderConfig(plugins: string, exported: string, recovery: string): string {
  return [
    `NFS_CORE_PARAM { Plugins_Dir = "${plugins}"; Protocols = 3, 4; Mount_Path_Pseudo = true; MNT_Port = ${PORTS.mountd}; Enable_NLM = false; Enable_RQUOTA = false; Enable_UDP = false; }`,
    'NFS_KRB5 { Active_krb5 = false; }',
    `NFSV4 { Graceless = true; RecoveryBackend = fs; RecoveryRoot = "${recovery}"; Minor_Versions = 0, 1, 2; }`,
    `EXPORT { Export_Id = 1; Path = "${exported}"; Pseudo = /export; Access_Type = RW; Squash = No_Root_Squash; SecType = sys; Protocols = 3, 4; Transports = TCP; PrivilegedPort = false; FSAL { Name = VFS; } }`,
    '',
  ].join('\n');
}
