// A real dockerd of this machine in mount, network and process namespaces of its own, with two small images and with
// nothing of the machine's own Docker; and rcompose in this process on it. Everything ends with it.

import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runCommand } from '@drover/compose';
import { RosError } from '@drover/core';
import { createNodeHost } from '@drover/host-node';
import type { Workspace } from '@drover/builder';
import { eventually } from '../../eventually.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface ComposeRun {
  /** compose.yaml and other files, by their path in the project's folder. */
  readonly files?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
}

/** What a program of its own ended with; its output as it was. */
export interface ProgramRun {
  readonly code: number;
  readonly out: Buffer;
  readonly err: string;
}

/** $1: the folder of the engine. The cgroups are the machine's own. Over TCP it wants certificates. */
const SETUP = `set -e
mount --make-rprivate /
mount -t proc proc /proc
ip link set lo up
mount -t tmpfs tmpfs /run
exec dockerd --data-root "$1/data" --exec-root /run/exec --pidfile /run/dockerd.pid --host "unix://$1/docker.sock" --host tcp://127.0.0.1:2376 --tlsverify --tlscacert "$1/tls/ca.pem" --tlscert "$1/tls/server.pem" --tlskey "$1/tls/key.pem" --userland-proxy=false >"$1/log" 2>&1`;

/** In the folder of certificates: an authority, one certificate for the engine and one for who asks, with one key. */
const CERTIFICATES = `set -e
openssl ecparam -name prime256v1 -genkey -noout -out key.pem
openssl req -x509 -new -key key.pem -days 2 -subj /CN=authority -out ca.pem
for name in server cert; do
  openssl req -new -key key.pem -subj "/CN=$name" -out "$name.csr"
  echo 'subjectAltName=DNS:localhost,IP:127.0.0.1' >"$name.ext"
  openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey key.pem -CAcreateserial -days 2 -extfile "$name.ext" -out "$name.pem"
done`;

const LIMIT_MS = 60_000;
const COMMANDS = ['sh', 'sleep', 'echo', 'cat', 'env', 'true', 'false', 'ls', 'test', 'tty', 'touch', 'id', 'stty', 'head', 'wc'];

/** What is missing for these tests, or undefined. */
export function whyNot(): string | undefined {
  if (process.getuid?.() !== 0) return 'they need root';
  for (const program of ['dockerd', 'docker', 'iptables', 'busybox', 'openssl', 'script']) {
    if (spawnSync('sh', ['-c', `command -v ${program}`], { env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` } }).status !== 0) return `there is no ${program} on this machine (Debian: docker.io, iptables, busybox-static, openssl, bsdutils)`;
  }
  return undefined;
}

export class DockerMachine {
  readonly socket: string;
  private readonly child: ChildProcess;
  private readonly folder: string;
  /** The program of one file. */
  private readonly rcompose: string;
  private count = 0;
  /** Of the project of this test. */
  project = '';

  private constructor(child: ChildProcess, folder: string, rcompose: string) {
    this.child = child;
    this.folder = folder;
    this.rcompose = rcompose;
    this.socket = join(folder, 'docker.sock');
  }

  static async open(workspace: Workspace): Promise<DockerMachine> {
    const base = join(workspace.cache, 'run');
    mkdirSync(base, { recursive: true });
    const folder = mkdtempSync(join(base, 'docker-'));
    mkdirSync(join(folder, 'tls'));
    mustRun(['sh', '-c', CERTIFICATES], join(folder, 'tls'));
    mustRun([process.execPath, join(workspace.root, 'tools/rcompose.mjs')], workspace.root);
    const child = spawn('unshare', ['--net', '--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', SETUP, 'dockerd', folder], { stdio: 'ignore', env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` } });
    const machine = new DockerMachine(child, folder, join(workspace.root, 'packages/rcompose/dist/rcompose.cjs'));
    try {
      await eventually('dockerd answers', LIMIT_MS, () => {
        if (child.exitCode !== null) throw new RosError('machine-ended', `dockerd ended: ${readFileSync(join(folder, 'log'), 'utf8').slice(-1000)}`);
        return existsSync(machine.socket) && machine.docker('version').code === 0;
      });
      machine.makeImages();
      return machine;
    } catch (error) {
      await machine.close();
      throw error;
    }
  }

  /** busybox:latest and busybox:other, which differ in a file. */
  private makeImages(): void {
    const root = join(this.folder, 'image');
    mkdirSync(join(root, 'bin'), { recursive: true });
    const busybox = spawnSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).stdout.trim();
    copyFileSync(busybox, join(root, 'bin/busybox'));
    for (const command of COMMANDS) symlinkSync('busybox', join(root, 'bin', command));
    for (const tag of ['latest', 'other']) {
      writeFileSync(join(root, 'tag'), tag);
      const made = spawnSync('sh', ['-c', `tar -C ${root} -c . | docker -H unix://${this.socket} import -c 'CMD ["sh"]' - busybox:${tag}`], { encoding: 'utf8' });
      if (made.status !== 0) throw new RosError('docker-failed', `an image could not be made: ${made.stderr}`);
    }
  }

  /** A new project with a folder of its own. */
  begin(): void {
    this.count += 1;
    this.project = `p${this.count}`;
    mkdirSync(this.path('.'), { recursive: true });
  }

  path(name: string): string {
    return join(this.folder, 'projects', this.project, name);
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(this.path(name)), { recursive: true });
      writeFileSync(this.path(name), text);
    }
  }

  docker(...args: readonly string[]): Ran {
    const { status, stdout, stderr } = spawnSync('docker', ['-H', `unix://${this.socket}`, ...args], { encoding: 'utf8' });
    return { code: status ?? -1, out: stdout, err: stderr };
  }

  /** What `docker inspect -f FORMAT` says. */
  inspect(name: string, format: string): string {
    const { code, out, err } = this.docker('inspect', '-f', format, name);
    if (code !== 0) throw new RosError('docker-failed', err.trim());
    return out.trim();
  }

  /** `rcompose -p PROJECT ARGUMENT...` in the project's folder. */
  async run(args: readonly string[], more: ComposeRun = {}): Promise<Ran> {
    this.write(more.files ?? {});
    const host = createNodeHost();
    const environment = Object.entries({ HOME: '/root', DOCKER_HOST: `unix://${this.socket}`, ...more.environment }).map(([key, value]) => `${key}=${value}`);
    const ran = { code: 0, out: '', err: '' };
    ran.code = await runCommand({
      host: { ...host, processes: Object.assign(Object.create(host.processes) as typeof host.processes, { environment: () => environment }) },
      args: ['-p', this.project, ...args],
      folder: this.path('.'),
      out: (text) => (ran.out += text),
      err: (text) => (ran.err += text),
      readInput: () => Promise.resolve(''),
    });
    return ran;
  }

  /** The folder of ca.pem, cert.pem and key.pem for the engine's TCP port. */
  get certificates(): string {
    return join(this.folder, 'tls');
  }

  /** A command line in the engine's network, with RCOMPOSE set to the program `rcompose -p PROJECT`. */
  shell(line: string, more: ComposeRun & { readonly input?: string | Buffer } = {}): ProgramRun {
    this.write(more.files ?? {});
    const { status, stdout, stderr } = spawnSync('nsenter', [`--net=/proc/${this.child.pid!}/ns/net`, 'sh', '-c', line], {
      cwd: this.path('.'), input: more.input ?? '', timeout: LIMIT_MS,
      env: { PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`, HOME: this.path('.'), DOCKER_HOST: `unix://${this.socket}`, RCOMPOSE: `${process.execPath} ${this.rcompose} -p ${this.project}`, ...more.environment },
    });
    return { code: status ?? -1, out: stdout, err: stderr.toString() };
  }

  /** The command line in the background, until it is ended. */
  startInNetwork(command: readonly string[]): ChildProcess {
    return spawn('nsenter', [`--net=/proc/${this.child.pid!}/ns/net`, ...command], { cwd: this.path('.'), stdio: ['ignore', 'pipe', 'inherit'] });
  }

  /** Throws when it ends with another code than 0. */
  async ok(args: readonly string[], more?: ComposeRun): Promise<Ran> {
    const ran = await this.run(args, more);
    if (ran.code !== 0) throw new RosError('rcompose-failed', `rcompose ${args.join(' ')} ended with ${ran.code}:\n${ran.err}${ran.out}`);
    return ran;
  }

  /** Brings a compose.yaml up in the background. */
  up(text: string, ...args: readonly string[]): Promise<Ran> {
    return this.ok(['up', '-d', '-t', '0', ...args], { files: { 'compose.yaml': text } });
  }

  /** The full id of the first container of a service, or of that number. */
  id(service: string, number = 1): string {
    return this.inspect(this.name(service, number), '{{.Id}}');
  }

  name(service: string, number = 1): string {
    return `${this.project}-${service}-${number}`;
  }

  exists(name: string): boolean {
    return this.docker('inspect', name).code === 0;
  }

  /** Docker Compose itself. */
  dockerCompose(...args: readonly string[]): Ran {
    const program = findDockerCompose();
    if (program === undefined) throw new RosError('no-docker-compose', 'Docker Compose is not installed', { hint: 'mark the test with needsDockerCompose' });
    const { status, stdout, stderr } = spawnSync(program, ['-p', this.project, ...args], { encoding: 'utf8', cwd: this.path('.'), env: { PATH: process.env['PATH'] ?? '', HOME: '/root', DOCKER_HOST: `unix://${this.socket}` } });
    return { code: status ?? -1, out: stdout, err: stderr };
  }

  async end(): Promise<void> {
    await this.run(['down', '-v', '-t', '0', '--remove-orphans']);
    const left = this.docker('ps', '-aq').out.split('\n').filter((id) => id !== '');
    if (left.length > 0) this.docker('rm', '-f', '-v', ...left);
    this.docker('volume', 'prune', '-f');
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    if (this.child.exitCode === null) {
      this.child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function mustRun([program, ...args]: readonly string[], cwd: string): void {
  const { status, stderr } = spawnSync(program!, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new RosError('setup-failed', `${program!} ${args[0]!} ended with ${status ?? 'nothing'}: ${stderr}`);
}

/** Version 2, which Debian has from 13 on. */
export function findDockerCompose(): string | undefined {
  const plugins = ['/usr/libexec/docker/cli-plugins/docker-compose', '/usr/lib/docker/cli-plugins/docker-compose'];
  return plugins.find((path) => existsSync(path)) ?? process.env['DROVER_DOCKER_COMPOSE'];
}
