// The network service on this machine: the container's file system, `ros netconf` and dhcpcd in namespaces of their
// own, and at the other end of each card a peer with a network of its own, where a real DHCP server may answer.

import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RosError } from '@drover/core';
import type { Workspace } from '@drover/builder';
import { eventually } from '../eventually.ts';
import type { Ended } from './native-machine.ts';
import { collect, imageLengths } from './native-machine.ts';

const LIMIT_MS = 30_000;

/** $1 mount point, $2 rootfs.squashfs, $3 and $4 lengths of its two images, $5 ros. */
const SETUP = `set -e
mount --make-rprivate /
mount -t tmpfs -o mode=755 network "$1"
cd "$1"
mkdir -p small upper work root
mount -t squashfs -o "ro,loop,offset=$3,sizelimit=$4" "$2" small
mount -t overlay -o "lowerdir=small/system/layers/os-network:small/system/layers/os-base,upperdir=upper,workdir=work" network root
cd root
touch usr/lib/ros/ros
mount --bind "$5" usr/lib/ros/ros
mount -t proc proc proc
mount -t sysfs sysfs sys
mount --rbind /dev dev
mount -t tmpfs -o mode=755 run run
mkdir -p run/ros var/lib/rancher/conf var/log
printf '127.0.0.1\\tlocalhost\\n' >etc/hosts
: >etc/resolv.conf
# What is there after a first run with nothing configured: files count from now on, not the boot's configuration.
echo '{"dns":{"nameservers":[],"search":[]},"defaultDns":{"nameservers":[],"search":[]},"hasHostName":false,"asksDhcp":true,"applied":{"made":{},"links":{}}}' >run/ros/network.json
ip link set lo up
pivot_root . mnt
exec chroot . /bin/busybox sh -ec 'umount -l /mnt; echo ready >/run/ready; exec sleep 2147483647' <dev/null`;

export class NetworkMachine {
  private readonly holder: ChildProcess;
  private readonly pid: number;
  private readonly folder: string;
  private readonly peers: ChildProcess[] = [];
  private readonly servers = new Set<ChildProcess>();
  private service: { child: ChildProcess; ended: Promise<Ended> } | undefined;

  private constructor(holder: ChildProcess, pid: number, folder: string) {
    this.holder = holder;
    this.pid = pid;
    this.folder = folder;
  }

  static async open(workspace: Workspace): Promise<NetworkMachine> {
    const base = join(workspace.cache, 'run');
    mkdirSync(base, { recursive: true });
    const folder = mkdtempSync(join(base, 'network-'));
    mkdirSync(join(folder, 'root'));
    const squashfs = join(workspace.dist, 'rootfs.squashfs');
    const args = [join(folder, 'root'), squashfs, ...imageLengths(squashfs, 2).map(String), join(workspace.dist, 'ros')];
    const holder = spawn('unshare', ['--mount', '--pid', '--net', '--uts', '--fork', '--kill-child', 'sh', '-c', SETUP, 'network', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    let complaint = '';
    holder.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    const pid = await eventually('the namespaces of the network machine are ready', LIMIT_MS, () => {
      if (holder.exitCode !== null) throw new RosError('machine-ended', `the network machine could not be set up: ${complaint.trim()}`);
      const child = readFileSync(`/proc/${holder.pid!}/task/${holder.pid!}/children`, 'utf8').trim();
      return child !== '' && existsSync(`/proc/${child}/root/run/ready`) && Number(child);
    }, 20);
    return new NetworkMachine(holder, pid, folder);
  }

  /** A card with a peer behind it, which has `address`. */
  async addCard(name: string, address: string): Promise<void> {
    const peer = spawn('unshare', ['--net', 'sleep', '2147483647'], { stdio: 'ignore' });
    this.peers.push(peer);
    const own = readFileSync('/proc/self/net/dev', 'utf8');
    await eventually('the peer has a network of its own', LIMIT_MS, () => readFileSync(`/proc/${peer.pid!}/net/dev`, 'utf8') !== own, 5);
    execFileSync('nsenter', ['--net', '-t', String(this.pid), 'ip', 'link', 'add', name, 'type', 'veth', 'peer', 'name', `peer-${name}`, 'netns', String(peer.pid!)]);
    this.atPeer(['ip', 'addr', 'add', address, 'dev', `peer-${name}`, ...(address.includes(':') ? ['nodad'] : [])]);
    this.atPeer(['ip', 'link', 'set', `peer-${name}`, 'up']);
  }

  /** At the peer of the card that was added last. */
  atPeer(command: readonly string[]): string {
    return execFileSync('nsenter', ['--net', '-t', String(this.peers.at(-1)!.pid!), ...command], { encoding: 'utf8' });
  }

  /** dnsmasq at the peer of the card that was added last. Its options without the dashes. */
  serveDhcp(...options: readonly string[]): { stop(): Promise<void> } {
    const all = ['conf-file=/dev/null', 'port=0', 'leasefile-ro', 'user=root', 'bind-interfaces', 'dhcp-authoritative', 'no-ping', ...options];
    const server = spawn('nsenter', ['--net', '-t', String(this.peers.at(-1)!.pid!), 'dnsmasq', '--no-daemon', '--pid-file=', ...all.map((option) => `--${option}`)], { stdio: 'ignore' });
    this.servers.add(server);
    return {
      stop: async () => {
        const ended = new Promise((resolve) => server.once('exit', resolve));
        server.kill('SIGTERM');
        await ended;
        this.servers.delete(server);
      },
    };
  }

  /** `network`: the value of rancher.network, as YAML in one line. */
  configure(network: string): void {
    writeFileSync(join(`/proc/${this.pid}/root`, 'var/lib/rancher/conf/cloud-config.yml'), `#cloud-config\nrancher:\n  network: ${network}\n`);
  }

  start(): void {
    const child = this.enter(['ros', 'netconf']);
    this.service = { child, ended: collect(child, 'ros netconf', 2 * LIMIT_MS) };
  }

  /** As when the container is stopped. Resolves to what it has said. */
  async stop(): Promise<string> {
    if (this.service === undefined) return '';
    const { child, ended } = this.service;
    // `nsenter --pid` forks: the service is its child.
    process.kill(Number(readFileSync(`/proc/${child.pid!}/task/${child.pid!}/children`, 'utf8')), 'SIGTERM');
    const { stdout, stderr } = await ended;
    this.service = undefined;
    return `${stdout}${stderr}`;
  }

  /** `network`: as of `configure`; without it, what is written there by now. */
  async restart(network?: string): Promise<string> {
    if (network !== undefined) this.configure(network);
    const said = await this.stop();
    this.start();
    return said;
  }

  async run(command: readonly string[]): Promise<string> {
    const { stdout, stderr } = await collect(this.enter(command), command.join(' '), LIMIT_MS);
    return `${stdout}${stderr}`;
  }

  async see(what: string, command: readonly string[], pattern: RegExp): Promise<string> {
    let last = '';
    try {
      return await eventually(what, LIMIT_MS, async () => pattern.test(last = await this.run(command)) && last, 50);
    } catch (cause) {
      throw new RosError('expectation', `${what}: ${command.join(' ')} printed\n${last}`, { cause });
    }
  }

  async close(): Promise<void> {
    for (const child of [...this.servers, ...this.peers]) child.kill('SIGKILL');
    const ended = new Promise((resolve) => this.holder.once('exit', resolve));
    process.kill(this.pid, 'SIGKILL');
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private enter(command: readonly string[]): ChildProcess {
    const child = spawn('nsenter', ['-t', String(this.pid), '--mount', '--pid', '--net', '--uts', '--root', '--wdns=/', '--', '/usr/bin/env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', ...command], { stdio: ['ignore', 'pipe', 'pipe'] });
    return child;
  }
}
