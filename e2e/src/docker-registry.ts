// Debian's docker-registry on this machine: a real registry to push to and pull from.

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { RosError } from '@drover/core';
import { eventually } from './eventually.ts';

const START_LIMIT_MS = 20_000;

/** $1 where to unpack it. Its package would start a service. */
const FIND_PROGRAM = `set -e
command -v docker-registry && exit
mkdir -p "$1"; cd "$1"
[ -x usr/bin/docker-registry ] || { apt-get download -q docker-registry >&2; dpkg-deb -x docker-registry_*.deb .; }
echo "$1/usr/bin/docker-registry"`;

function findProgram(folder: string): string {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', FIND_PROGRAM, 'find', folder], { encoding: 'utf8' });
  if (status !== 0) throw new RosError('program-missing', `docker-registry could not be had: ${stderr.trim()}`, { hint: 'run apt-get update' });
  return stdout.trim();
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(port, '127.0.0.1', () => {
      connection.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });
}

export interface RegistryPlace {
  /** Keeps what is pushed, between one registry and the next. */
  readonly folder: string;
  /** Where the program is unpacked to when this machine has none. */
  readonly programs: string;
  /** On 127.0.0.1. */
  readonly port: number;
}

/** Around `test`. `more`: what follows in its configuration: other lines of the section http, other sections. */
export async function withDockerRegistry({ folder, programs, port }: RegistryPlace, more: string, test: () => Promise<void>): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.yml'), `version: 0.1\nlog: {level: error}\nstorage:\n  filesystem:\n    rootdirectory: ${folder}/data\nhttp:\n  addr: 127.0.0.1:${port}\n${more}`);
  const registry = spawn(findProgram(programs), ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
  try {
    await eventually('the registry answers', START_LIMIT_MS, () => accepts(port), 50);
    await test();
  } finally {
    registry.kill('SIGKILL');
  }
}

/** The smallest image there is: one layer with nothing in it. `repository`: http://HOST:PORT/v2/NAME. */
export async function pushSmallImage(repository: string, tag: string): Promise<void> {
  const layer = Buffer.alloc(1024); // an empty archive
  const config = { architecture: 'amd64', os: 'linux', config: { Cmd: ['/none'], Labels: { tag } }, rootfs: { type: 'layers', diff_ids: [digestOf(layer)] } };
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: await pushBlob(repository, 'application/vnd.docker.container.image.v1+json', Buffer.from(JSON.stringify(config))),
    layers: [await pushBlob(repository, 'application/vnd.docker.image.rootfs.diff.tar.gzip', gzipSync(layer))],
  };
  await send('PUT', `${repository}/manifests/${tag}`, manifest.mediaType, Buffer.from(JSON.stringify(manifest)));
}

async function pushBlob(repository: string, mediaType: string, bytes: Buffer): Promise<object> {
  const place = new URL((await send('POST', `${repository}/blobs/uploads/`)).headers.get('location')!);
  place.searchParams.set('digest', digestOf(bytes));
  await send('PUT', place.href, 'application/octet-stream', bytes);
  return { mediaType, size: bytes.length, digest: digestOf(bytes) };
}

async function send(method: string, url: string, type?: string, body?: Buffer): Promise<Response> {
  const answer = await fetch(url, { method, ...(type !== undefined && { headers: { 'Content-Type': type } }), ...(body !== undefined && { body: new Uint8Array(body) }) });
  if (!answer.ok) throw new RosError('registry-failed', `${method} ${url}: ${answer.status} ${await answer.text()}`);
  return answer;
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
