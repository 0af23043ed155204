// A piece of the product on this machine: its own root file system, its own `ros`, crun, conmon and docker, in mount
// and process namespaces with cgroup2 alone on /sys/fs/cgroup (crun refuses the hybrid hierarchy of many machines).
// Everything in it ends with it, whatever ends the test program.

import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, readSync, closeSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { RosError } from '@drover/core';
import type { Workspace } from '@drover/builder';
import { eventually } from '../eventually.ts';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly input?: string;
  readonly timeoutMs?: number;
  /** NAME=value, beside PATH and HOME. */
  readonly env?: readonly string[];
  readonly uid?: number;
  /** On a terminal of its own; what it prints is all standard output then. */
  readonly terminal?: boolean;
}

export const SOCKET = '/run/system-docker.sock';
/** On a disk, for another engine. */
export const REFERENCE_STATE = '/var/lib/docker';
const CGROUPS = '/sys/fs/cgroup/system-docker';
const ALIGNMENT = 4096;
const LIMIT_MS = 60_000;
const DAEMON_LIMIT_MS = 10_000;
/** As on the product, crun is run from a read-only file system: elsewhere it protects itself by starting twice. */
const PATH = 'PATH=/rootfs/system/layers/os-base/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * $1 mount point, $2 rootfs.squashfs, $3 and $4 lengths of its two images, $5 ros, $6 folder for what System Docker keeps, $7 for another engine.
 * By pivot_root, as on the product: after a chroot alone the namespace has another root, and `exec` ends up there.
 */
const SETUP = `set -e
mount --make-rprivate /
mount -t tmpfs -o mode=755 native "$1"
cd "$1"
mkdir -p fast small upper work root
mount -t squashfs -o "ro,loop,sizelimit=$3" "$2" fast
mount -t squashfs -o "ro,loop,offset=$3,sizelimit=$4" "$2" small
mount -t overlay -o "lowerdir=small/system/layers/os-base,upperdir=upper,workdir=work" native root
cd root
mkdir -p rootfs/system rootfs/engine var/lib/system-docker var/lib/docker var/lib/rancher/engine usr/bin
mount --bind ../small/system rootfs/system
mount --bind ../fast/engine rootfs/engine
mount --bind ../fast/engine/layers/os-docker/var/lib/rancher/engine var/lib/rancher/engine
ln -s /var/lib/rancher/engine/docker usr/bin/docker
touch usr/lib/ros/ros
mount --bind "$5" usr/lib/ros/ros
mount --bind "$6" var/lib/system-docker
mount --bind "$7" var/lib/docker
ip link set lo up
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup 2>/dev/null || { mount -t tmpfs tmpfs sys/fs && mkdir sys/fs/cgroup && mount -t cgroup2 cgroup2 sys/fs/cgroup; }
mount --rbind /dev dev
mount -t tmpfs -o mode=755 run run
mount -t tmpfs -o mode=1777 tmp tmp
echo '127.0.0.1 localhost' >etc/hosts
echo 'root:x:0:0:root:/root:/bin/sh' >etc/passwd
echo 'root:x:0:' >etc/group
pivot_root . mnt
exec env -i ${PATH} chroot . /bin/busybox sh -ec 'umount -l /mnt; echo ready >/run/ready; exec /var/lib/rancher/engine/tini-static -s -- /bin/busybox sleep 2147483647' <dev/null`;

export class NativeMachine {
  /** The process that holds the namespaces, as this machine numbers it. */
  private readonly holder: ChildProcess;
  readonly pid: number;
  private readonly folder: string;
  private daemon: ChildProcess | undefined;
  /** What the daemons have printed. */
  daemonLog = '';
  /** NAME=value, for those that are started from now on. */
  daemonEnvironment: readonly string[] = [];

  private constructor(holder: ChildProcess, pid: number, folder: string) {
    this.holder = holder;
    this.pid = pid;
    this.folder = folder;
  }

  /** `sharesNetwork`: this machine's, to reach servers here; otherwise it has one of its own, without a way out. */
  static async open(workspace: Workspace, { sharesNetwork = false }: { readonly sharesNetwork?: boolean } = {}): Promise<NativeMachine> {
    const base = join(workspace.cache, 'run');
    mkdirSync(base, { recursive: true });
    const folder = mkdtempSync(join(base, 'native-'));
    for (const name of ['root', 'state', 'reference']) mkdirSync(join(folder, name));
    const squashfs = join(workspace.dist, 'rootfs.squashfs');
    const args = [join(folder, 'root'), squashfs, ...imageLengths(squashfs, 2).map(String), join(workspace.dist, 'ros'), join(folder, 'state'), join(folder, 'reference')];
    const holder = spawn('unshare', ['--mount', '--pid', ...(sharesNetwork ? [] : ['--net']), '--fork', '--kill-child', 'sh', '-c', SETUP, 'native', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    let complaint = '';
    holder.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    try {
      const pid = await eventually('the namespaces of the native machine are ready', LIMIT_MS, () => {
        if (holder.exitCode !== null) throw new RosError('machine-ended', `the native machine could not be set up: ${complaint.trim()}`);
        const child = readFileSync(`/proc/${holder.pid!}/task/${holder.pid!}/children`, 'utf8').trim();
        return child !== '' && existsSync(`/proc/${child}/root/run/ready`) && existsSync(`/proc/${child}/root/rootfs/system/images.json`) && Number(child);
      }, 20);
      return new NativeMachine(holder, pid, folder);
    } catch (error) {
      holder.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** A path of the native machine as this machine sees it. */
  path(inside: string): string {
    return join(`/proc/${this.pid}/root`, inside);
  }

  /** The name of a system image with its tag. */
  image(name: string): string {
    const { images } = JSON.parse(readFileSync(this.path('/rootfs/system/images.json'), 'utf8')) as { images: { repoTags: string[] }[] };
    return images.flatMap((one) => one.repoTags).find((tag) => tag.startsWith(`drover/${name}:`)) ?? `drover/${name}:missing`;
  }

  imageConfig(name: string): { readonly Cmd?: readonly string[]; readonly Env?: readonly string[] } {
    const { images } = JSON.parse(readFileSync(this.path('/rootfs/system/images.json'), 'utf8')) as { images: { repoTags: string[]; config?: { Cmd?: string[]; Env?: string[] } }[] };
    return images.find(({ repoTags }) => repoTags.includes(this.image(name)))?.config ?? {};
  }

  /** The smallest: busybox. */
  get base(): string {
    return this.image('os-base');
  }

  /** Where System Docker keeps what lasts. */
  get state(): string {
    return join(this.folder, 'state');
  }

  start(command: readonly string[], options: CommandOptions = {}): ChildProcess {
    const user = options.uid === undefined ? [] : ['-S', String(options.uid), '-G', String(options.uid)];
    const enter = ['-t', String(this.pid), '--mount', '--pid', '--net', '--root', '--wdns=/', ...user, '--', '/usr/bin/env', '-i', PATH, 'HOME=/root', ...(options.env ?? []), ...command];
    const [program, args]: [string, string[]] = options.terminal === true ? ['script', ['-qec', ['nsenter', ...enter].map(quote).join(' '), '/dev/null']] : ['nsenter', enter];
    return spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  }

  run(command: readonly string[], options: CommandOptions = {}): Promise<Ended> {
    const child = this.start(command, options);
    child.stdin!.on('error', () => undefined); // it does not read its input
    child.stdin!.end(options.input ?? '');
    return collect(child, command.join(' '), options.timeoutMs ?? LIMIT_MS);
  }

  /** `docker ...`, the real one, with the socket named on its command line. */
  docker(...args: readonly string[]): Promise<Ended> {
    return this.run(['docker', '-H', `unix://${SOCKET}`, ...args]);
  }

  /** Throws when it fails; its output without the last line end. */
  async ok(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.docker(...args);
    if (code !== 0) throw new RosError('docker-failed', `docker ${args.join(' ')} ended with ${code}: ${stderr.trim() || stdout.trim()}`);
    return stdout.replace(/\n$/, '');
  }

  // ---- the daemon

  daemonCommand(...more: readonly string[]): string[] {
    return ['system-docker', 'daemon', '--data-root', '/var/lib/system-docker', '--exec-root', '/run/system-docker', '--host', `unix://${SOCKET}`, '--pidfile', '/run/system-docker.pid', '--preload', '/rootfs/system', ...more];
  }

  /** Resolves when it answers. */
  async startDaemon(...more: readonly string[]): Promise<void> {
    const daemon = this.start(this.daemonCommand(...more), { env: this.daemonEnvironment });
    this.daemon = daemon;
    daemon.stdin!.end();
    for (const stream of [daemon.stdout!, daemon.stderr!]) stream.setEncoding('utf8').on('data', (text: string) => (this.daemonLog += text));
    await eventually('System Docker answers', DAEMON_LIMIT_MS, async () => {
      if (daemon.exitCode !== null) throw new RosError('machine-ended', `the daemon ended with ${daemon.exitCode}:\n${this.daemonLog.slice(-2000)}`);
      return answers(this.path(SOCKET));
    }, 2);
  }

  /** Its number on this machine. */
  daemonPid(): number {
    const inside = readFileSync(this.path('/run/system-docker.pid'), 'utf8').trim();
    for (const pid of childrenOf(this.daemon?.pid ?? 0)) {
      if (new RegExp(`^NSpid:.*\\t${inside}$`, 'm').test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return pid;
    }
    return this.daemon?.pid ?? 0;
  }

  async endDaemon(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const { daemon } = this;
    if (daemon === undefined || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const ended = new Promise((resolve) => daemon.once('exit', resolve));
    process.kill(this.daemonPid(), signal);
    await ended;
    this.daemon = undefined;
  }

  async removeContainers(): Promise<void> {
    const ids = (await this.ok('ps', '-aq')).split('\n').filter((id) => id !== '');
    if (ids.length > 0) await this.ok('rm', '-f', '-v', ...ids);
  }

  /** Of containers; the hierarchy is this machine's, and others may use it. */
  cgroups(): string[] {
    const folder = this.path(CGROUPS);
    return existsSync(folder) ? readdirSync(folder).filter((name) => /^[0-9a-f]{64}$/.test(name)) : [];
  }

  /** What a daemon that is not there any more can't. */
  private async removeCgroups(): Promise<void> {
    const containers = join(this.state, 'containers');
    for (const id of existsSync(containers) ? readdirSync(containers) : []) {
      const cgroup = this.path(join(CGROUPS, id));
      if (!existsSync(cgroup)) continue;
      writeFileSync(join(cgroup, 'cgroup.kill'), '1');
      await eventually('its cgroup can be removed', DAEMON_LIMIT_MS, () => {
        rmdirSync(cgroup);
        return true;
      }, 5);
    }
  }

  async close(): Promise<void> {
    await this.endDaemon('SIGKILL');
    await this.removeCgroups();
    const ended = new Promise((resolve) => this.holder.once('exit', resolve));
    process.kill(this.pid, 'SIGKILL');
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Whether somebody accepts connections there. */
function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket, () => {
      connection.end('GET /_ping HTTP/1.0\r\n\r\n');
    });
    connection.on('data', () => {
      connection.destroy();
      resolve(true);
    });
    connection.on('error', () => resolve(false));
    connection.on('close', () => resolve(false));
  });
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** `nsenter --pid` forks: the command is its child. */
function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8').trim().split(' ').filter((word) => word !== '').map(Number);
}

export function collect(child: ChildProcess, what: string, timeoutMs: number): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new RosError('timeout', `${what} did not end within ${timeoutMs} ms; so far it printed:\n${stdout}${stderr}`));
    }, timeoutMs);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code: code ?? (signal === null ? -1 : 128), stdout, stderr });
    });
  });
}

/** rootfs.squashfs is a chain of squashfs images, each at a 4 KiB boundary (builder/src/rootfs/build-rootfs.ts). */
export function imageLengths(path: string, count: number): number[] {
  const head = Buffer.alloc(96);
  const fd = openSync(path, 'r');
  const lengths: number[] = [];
  for (let i = 0, offset = 0; i < count; i += 1, offset += lengths.at(-1)!) {
    readSync(fd, head, 0, head.length, offset);
    lengths.push(Math.ceil(Number(head.readBigUInt64LE(40)) / ALIGNMENT) * ALIGNMENT);
  }
  closeSync(fd);
  return lengths;
}
