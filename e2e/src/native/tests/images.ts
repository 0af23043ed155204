// Images: loaded, saved, imported, removed; exchanged with dockerd; archives that mean harm.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deepEqual, equal, match, ok } from '@drover/testing';
import { eventually } from '../../eventually.ts';
import { askReference, startReference } from '../differential/reference-engine.ts';
import type { NativeMachine } from '../native-machine.ts';
import { SOCKET } from '../native-machine.ts';
import type { ArchiveMember } from './archive-of.ts';
import { archiveOf, savedImage } from './archive-of.ts';
import { expectEnd } from './expect.ts';
import type { NativeTest } from './native-test.ts';

/** On a disk; both engines' machines see it. */
const EXCHANGE = '/var/lib/docker/exchange';

async function shell(machine: NativeMachine, command: string): Promise<string> {
  const { code, stdout, stderr } = await machine.run(['sh', '-ec', command], { env: [`DOCKER_HOST=unix://${SOCKET}`] });
  equal(`${code} ${stderr}`, '0 ');
  return stdout.trim();
}

function give(machine: NativeMachine, name: string, bytes: Buffer): string {
  mkdirSync(machine.path(EXCHANGE), { recursive: true });
  writeFileSync(machine.path(join(EXCHANGE, name)), bytes);
  return join(EXCHANGE, name);
}

/** Of the store. */
function layers(machine: NativeMachine): string[] {
  return readdirSync(join(machine.state, 'layers'));
}

async function forget(machine: NativeMachine, ...names: readonly string[]): Promise<void> {
  await machine.ok('rmi', '-f', ...names);
  deepEqual(layers(machine), []);
}

interface Seccomp {
  readonly linux: { readonly seccomp: { readonly architectures: readonly string[]; readonly syscalls: readonly { readonly names: readonly string[]; readonly action: string; readonly errnoRet?: number; readonly args?: readonly object[] }[] } };
}

/** One line a rule. */
function rulesOf(spec: string): string[] {
  const { architectures, syscalls } = (JSON.parse(spec) as Seccomp).linux.seccomp;
  return [architectures.join(' '), ...new Set(syscalls.flatMap(({ names, action, errnoRet, args }) => names.map((name) => `${name} ${action} ${errnoRet ?? ''} ${args?.length ? JSON.stringify(args) : ''}`)))].sort();
}

const ESCAPES: readonly (readonly ArchiveMember[])[] = [
  [{ name: '../../../../../../../../tmp/escaped', content: 'x' }],
  [{ name: '/tmp/escaped', content: 'x' }],
  [{ name: 'out', type: 'symlink', link: '/tmp' }, { name: 'out/escaped', content: 'x' }],
  [{ name: 'up', type: 'symlink', link: '../../../../../../../../../tmp' }, { name: 'up/escaped', content: 'x' }],
  [{ name: 'a/../../../../../../../tmp/escaped', content: 'x' }],
];

export const imageTests: readonly NativeTest[] = [
  {
    title: 'an image that System Docker saves loads into dockerd, and what dockerd saves of it is loaded and saved again byte by byte',
    async run(machine) {
      await startReference(machine);
      await shell(machine, `mkdir -p ${EXCHANGE}; cd ${EXCHANGE}; docker save ${machine.base} -o ours.tar`);
      expectEnd('dockerd loads it', await askReference(machine, `docker load -qi ${EXCHANGE}/ours.tar`), { code: 0, stdout: /Loaded image: drover\/os-base/ });
      await askReference(machine, `docker rm -f made; docker run --name made $IMAGE sh -c 'ln /etc/services /etc/again; rm /etc/protocols; mkdir -p /d/e; chmod 4755 /d'; docker commit made made:1`);
      expectEnd('dockerd saves', await askReference(machine, `docker save made:1 -o ${EXCHANGE}/theirs.tar`), { code: 0 });
      equal(await shell(machine, `cd ${EXCHANGE}; gzip -kf theirs.tar; docker load -qi theirs.tar.gz`), 'Loaded image: made:1');
      equal(await machine.ok('run', '--rm', 'made:1', 'sh', '-c', 'ls /etc/protocols 2>/dev/null; cmp /etc/services /etc/again; stat -c %a:%h /d /etc/again'), '4755:3\n644:2');
      await shell(machine, `cd ${EXCHANGE}; docker save made:1 -o again.tar; for one in theirs again; do rm -rf $one; mkdir $one; tar xf $one.tar -C $one; done`);
      const blobs = (name: string): string[] => readdirSync(machine.path(`${EXCHANGE}/${name}/blobs/sha256`));
      const kept = blobs('again').filter((digest) => blobs('theirs').includes(digest));
      equal(kept.length, 4); // two layers, the configuration, the manifest
      equal(await shell(machine, `cd ${EXCHANGE}/again/blobs/sha256; for one in *; do echo "$one  $one"; done | sha256sum -c | grep -vc ': OK$' || true`), '0');
      equal(await machine.ok('inspect', '-f', '{{.Id}}', 'made:1'), (await askReference(machine, "docker inspect -f '{{.Id}}' made:1")).stdout.trim());
      await askReference(machine, 'docker rm -f made; docker rmi made:1; docker image prune -f');
      await forget(machine, 'made:1');
    },
  },
  {
    title: 'import makes an image of a file system; tags come and go; layers go with the last image that has them',
    async run(machine) {
      const id = await shell(machine, `tar -C /rootfs/system/layers/os-base -c . | docker import -c 'CMD ["echo","made"]' -c 'ENV A=1' -c 'LABEL x=y' -m because - mine:1`);
      match(id, /^sha256:[0-9a-f]{64}$/);
      equal(await machine.ok('run', '--rm', 'mine:1'), 'made');
      equal(await machine.ok('inspect', '-f', '{{json .Config.Env}} {{.Config.Labels.x}} {{.Comment}} {{len .RootFS.Layers}}', 'mine:1'), '["A=1"] y because 1');
      await machine.ok('tag', 'mine:1', 'mine:2');
      equal(await machine.ok('rmi', 'mine:1'), 'Untagged: mine:1');
      await machine.ok('create', '--name', 'user', 'mine:2');
      expectEnd('an image in use', await machine.docker('rmi', 'mine:2'), { code: 1, stderr: /conflict: unable to remove repository reference "mine:2" \(must force\) - container [0-9a-f]{12} is using its referenced image [0-9a-f]{12}/ });
      await machine.ok('rm', 'user');
      match(await machine.ok('rmi', 'mine:2'), /^Untagged: mine:2\nDeleted: sha256:[0-9a-f]{64}\nDeleted: sha256:[0-9a-f]{64}$/);
      deepEqual(layers(machine), []);
      expectEnd("the system's own", await machine.docker('rmi', '-f', machine.base), { code: 1, stderr: /image is part of the operating system/ });
    },
  },
  {
    title: 'images and their names outlast the daemon; what a load was killed in is cleared away, and the load can be repeated',
    async run(machine) {
      const archive = give(machine, 'big.tar', savedImage('big:1', [archiveOf([{ name: 'sparse', content: Buffer.alloc(200 << 20, 'x') }]), archiveOf([{ name: 'small', content: 'y' }])]));
      for (const delayMs of [50, 150, 300, 500]) {
        const loading = machine.docker('load', '-qi', archive);
        await new Promise((resolve) => void setTimeout(resolve, delayMs));
        await machine.endDaemon('SIGKILL');
        await loading;
        await machine.startDaemon();
        const whole = (await machine.ok('images', '-q', 'big:1')) !== '';
        await eventually('nothing half done is left', 10_000, () => layers(machine).every((name) => !name.startsWith('.')) && readdirSync(join(machine.state, 'tmp')).length === 0 && (whole || layers(machine).length === 0));
        if (whole) await forget(machine, 'big:1');
      }
      equal(await machine.ok('load', '-qi', archive), 'Loaded image: big:1');
      await machine.endDaemon('SIGKILL');
      await machine.startDaemon();
      equal(await machine.ok('image', 'inspect', '-f', '{{json .RepoTags}} {{len .RootFS.Layers}}', 'big:1'), '["big:1"] 2');
      await forget(machine, 'big:1');
    },
  },
  {
    title: 'no name in a layer leads out of it, and no name in an archive out of the folder it is unpacked in',
    async run(machine) {
      for (const [i, members] of ESCAPES.entries()) {
        await machine.docker('load', '-qi', give(machine, 'escape.tar', savedImage(`escape:${i}`, [archiveOf(members)])));
        await machine.docker('load', '-qi', give(machine, 'escape.tar', archiveOf(members)));
        ok(!existsSync(machine.path('/tmp/escaped')), `escape ${i} did not lead out`);
      }
      writeFileSync(machine.path('/tmp/secret'), JSON.stringify([{ Config: 'x' }]));
      expectEnd('a manifest that is a link', await machine.docker('load', '-i', give(machine, 'link.tar', archiveOf([{ name: 'manifest.json', type: 'symlink', link: '/tmp/secret' }]))), { code: 1, stderr: /does not contain a manifest\.json/ });
      await machine.ok('image', 'prune', '-af');
      deepEqual(layers(machine), []);
    },
  },
  {
    title: 'archives that are none, cut off, or not what they say are refused with the reason, and leave nothing',
    async run(machine) {
      const layer = archiveOf([{ name: 'file', content: 'x' }]);
      const cases: readonly (readonly [Buffer, RegExp])[] = [
        [Buffer.from('this is no archive'), /EOF|tar header/],
        [archiveOf([{ name: 'other', content: '' }]), /does not contain a manifest\.json/],
        [archiveOf([{ name: 'manifest.json', content: '{' }]), /manifest\.json is not JSON/],
        [savedImage('wrong:1', [layer], ['0'.repeat(64)]), /invalid diffID for layer: expected "sha256:0{64}", got "sha256:[0-9a-f]{64}"/],
        [savedImage('wrong:1', [layer.subarray(0, 520)]), /EOF/],
        [savedImage('wrong:1', [layer], []), /layers length mismatch: expected 1, got 0/],
      ];
      for (const [bytes, why] of cases) expectEnd(String(why), await machine.docker('load', '-i', give(machine, 'wrong.tar', bytes)), { code: 1, stderr: why });
      deepEqual(layers(machine), []);
      equal(await machine.ok('images', '-q', 'wrong'), '');
    },
  },
  {
    title: 'the filter of system calls is the one that dockerd gives its runtime, whatever the capabilities',
    async run(machine) {
      await startReference(machine);
      const { arch } = process;
      if (arch !== 'x64') return;
      for (const options of ['', '--cap-add ALL', '--cap-drop ALL', '--cap-add SYS_ADMIN --cap-drop SYS_CHROOT', '--cap-add SYS_TIME --cap-add SYSLOG']) {
        const run = `docker run -d --name filtered ${options} $IMAGE sleep 1000 >/dev/null`;
        const theirs = await askReference(machine, `${run}; cat /run/dockerd-containerd/io.containerd.runtime.v2.task/moby/$(docker inspect -f '{{.Id}}' filtered)/config.json; docker rm -f filtered >/dev/null`);
        const id = await machine.ok('run', '-d', '--name', 'filtered', ...options.split(' ').filter((word) => word !== ''), machine.base, 'sleep', '1000');
        const ours = readFileSync(machine.path(`/run/system-docker/containers/${id}/config.json`), 'utf8');
        await machine.ok('rm', '-f', 'filtered');
        deepEqual(rulesOf(ours), rulesOf(theirs.stdout));
      }
    },
  },
];
