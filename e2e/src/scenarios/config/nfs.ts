// A file system of another machine: there when User Docker is, and no reason to stay up when its server is gone.

import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectContains, expectEqual } from '../../harness/expect.ts';
import { scenario } from '../../harness/scenario.ts';
import type { Scenario } from '../../harness/scenario.ts';
import { BUSYBOX, loadBusybox } from '../../product/busybox-image.ts';
import { expectCleanDisk, tell } from '../../product/checks.ts';
import { drover } from '../../product/drover-setup.ts';
import { NFS_ADDRESS, NFS_EXPORT, NfsServer } from '../../product/nfs-server.ts';

const MOUNTS = `mounts:
  - ["${NFS_EXPORT}", /mnt/nas, nfs]
  - ["${NFS_EXPORT}", /mnt/old, nfs, "vers=3,ro"]
  - ["${NFS_ADDRESS}:/nothing", /mnt/none, nfs]
`;
/** What a machine may take to go down: every step of it has a limit. */
const STOP_DEADLINE_MS = 300_000;

export const nfs: Scenario = scenario('servers of NFS are mounted for the console and for containers, one that refuses is named, and one that hangs with data unwritten does not keep the machine up', { needsRoot: true, minutes: 3, deadlineMs: 15 * 60_000 }, async (scene) => {
  const server = await NfsServer.start(scene.place.workspace, join(scene.place.folder, scene.slug, 'server'));
  try {
    const content = randomBytes(1 << 20);
    writeFileSync(join(server.folder, 'large'), content);
    writeFileSync(join(server.folder, 'hello'), 'from the server\n');
    const machine = await scene.boot(drover({ name: 'nfs', config: MOUNTS, network: { commands: server.commands } }));
    await loadBusybox(scene.place.workspace, machine);
    expectContains(await machine.ssh.ok('grep nfs /proc/mounts; cat /etc/motd'), /\/mnt\/nas nfs4? rw,[^\n]*vers=4\.1[^]*\/mnt\/old nfs ro,[^\n]*vers=3[^\n]*local_lock=all[^]*mounts, \/mnt\/none: 10\.0\.2\.100:\/nothing: /);
    expectEqual(await machine.ssh.ok(`cat /mnt/nas/hello /mnt/old/hello; docker run --rm -v /mnt/nas:/nas ${BUSYBOX} sh -c 'sha256sum </nas/large; echo from-a-container >/nas/answer'`), `from the server\nfrom the server\n${createHash('sha256').update(content).digest('hex')}  -\n`);
    await machine.ssh.ok('sudo sh -c "echo from-the-console >/mnt/nas/note"');
    expectEqual(['answer', 'note'].map((name) => readFileSync(join(server.folder, name), 'utf8')).join(''), 'from-a-container\nfrom-the-console\n');

    await machine.ssh.ok(`docker run -d -v /mnt/nas:/nas ${BUSYBOX} sh -c 'while :; do echo more >>/nas/lost; done'`);
    server.freeze();
    await machine.ssh.ok("sudo sh -c 'dd if=/dev/zero of=/mnt/nas/unwritten bs=64k count=16 >/dev/null 2>&1 & sleep 1'");
    await tell(machine, 'sudo poweroff');
    expectEqual(await machine.waitEnd(STOP_DEADLINE_MS), 'power-off', 'the way the machine ended');
    await expectCleanDisk(machine);
  } finally {
    server.close();
  }
});
