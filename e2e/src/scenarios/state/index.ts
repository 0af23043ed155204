// What lasts and what does not.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scenario } from '../../harness/scenario.ts';
import type { Scenario } from '../../harness/scenario.ts';
import { expectContains, expectEqual } from '../../harness/expect.ts';
import { eventually } from '../../eventually.ts';
import { BUSYBOX, loadBusybox, waitUserDocker } from '../../product/busybox-image.ts';
import { expectNoRecovery, reboot, tell } from '../../product/checks.ts';
import { drover } from '../../product/drover-setup.ts';
import { createExt4Disk } from '../../machine/index.ts';
import { standard } from '../setups.ts';

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

export const state: readonly Scenario[] = [
  scenario('a blank disk becomes the state partition', { on: standard }, async ({ machine }) => {
    expectContains(await machine.ssh.ok('sudo blkid'), /\/dev\/vda\d?: .*LABEL="RANCHER_STATE".*TYPE="ext4"/);
    for (const path of ['/var/lib/docker', '/var/lib/rancher', '/home', '/opt', '/var/log']) {
      expectContains(await machine.ssh.ok(`df -P ${path} | tail -1`), /^\/dev\/vda/, `the file system of ${path}`);
    }
  }),

  scenario('a reboot gives containers the time to end well, keeps images, containers and files, restarts --restart=always containers, and makes the console anew', { minutes: 3, deadlineMs: 10 * 60_000 }, async (scene) => {
    const machine = await scene.boot(drover({ name: 'kept' }));
    await loadBusybox(scene.place.workspace, machine);
    await machine.ssh.ok(`docker run -d --name always --restart=always ${BUSYBOX} sleep 100000`);
    await machine.ssh.ok(`docker run --name once ${BUSYBOX} sh -c 'echo kept > /kept'`);
    await machine.ssh.ok('echo mine > ~/mine; sudo sh -c "echo optional > /opt/mine"; sudo touch /etc/stray /root/stray /stray');
    await machine.ssh.ok(`docker run -d -v /home/rancher:/out ${BUSYBOX} sh -c 'trap "echo ended-well > /out/last; exit" TERM; while :; do sleep 0.2; done'`);
    await reboot(machine, () => tell(machine, 'sudo reboot'));
    expectEqual(await machine.ssh.ok('cat ~/last'), 'ended-well\n', 'what a container does when it is told to end');
    await waitUserDocker(machine);
    await eventually('the container `always` runs again', 120_000, async () => (await machine.ssh.ok("docker inspect -f '{{.State.Running}}' always")).trim() === 'true');
    expectContains(await machine.ssh.ok('docker images --format "{{.Repository}}:{{.Tag}}"'), BUSYBOX);
    expectEqual(await machine.ssh.ok('docker cp once:/kept - | tar -xO'), 'kept\n');
    expectEqual((await machine.ssh.ok("docker inspect -f '{{.State.Running}}' once")).trim(), 'false');
    expectEqual(await machine.ssh.ok('cat ~/mine /opt/mine'), 'mine\noptional\n');
    expectEqual((await machine.ssh.run('ls /etc/stray /stray; sudo ls /root/stray')).stdout, '', 'what is left of stray files');
    await expectNoRecovery(machine);
    // Not unmounted: e2fsck looks at it before the kernel does.
    await reboot(machine, () => tell(machine, 'sudo reboot -f'));
    await expectNoRecovery(machine);
    expectContains(await machine.ssh.ok('sudo dmesg; cat ~/mine'), /it was not unmounted; its journal was replayed[^]*\nmine\n$/);
    await waitUserDocker(machine);
    expectEqual(await machine.ssh.ok("sudo system-docker ps --filter status=restarting --format '{{.Names}}'; sudo system-docker inspect -f '{{.RestartCount}}' $(sudo system-docker ps -q) | sort -u"), '0\n', 'what was started again and again');
  }),

  scenario('a disk with a file system of somebody else is not touched', { minutes: 2 }, async (scene) => {
    const folder = join(scene.place.folder, scene.slug);
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'precious.img');
    await createExt4Disk(file, 64, 'PRECIOUS');
    const before = await digestOf(file);
    const machine = await scene.boot(drover({ name: 'foreign', state: { serial: 'state', file, format: 'raw' } }));
    await machine.ssh.ok('sudo sync');
    await machine.kill();
    expectEqual(await digestOf(file), before, 'the digest of the foreign disk');
  }),

  scenario('a disk with unknown data on it is not touched', { minutes: 2 }, async (scene) => {
    const folder = join(scene.place.folder, scene.slug);
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'unknown.img');
    const bytes = Buffer.alloc(64 << 20);
    bytes.write('not a file system, but somebody needs it', 3 << 20);
    writeFileSync(file, bytes);
    const before = await digestOf(file);
    const machine = await scene.boot(drover({ name: 'unknown', state: { serial: 'state', file, format: 'raw' } }));
    await machine.ssh.ok('sudo sync');
    await machine.kill();
    expectEqual(await digestOf(file), before, 'the digest of the disk with unknown data');
  }),
];
