// Starting one system container through System Docker, against crun alone with the same root file system, in one
// machine, in turns.

import { drover, powerOn } from '@drover/e2e';
import type { Workplace } from '@drover/e2e';
import { median } from '../report/statistics.ts';
import { renderMarkdownTable } from '../report/report.ts';

const ROUNDS = 10;

/**
 * Prints `docker MS` and `crun MS` lines. System Docker's container runs `true` and is waited for; crun gets a bundle
 * with the same image's lowest layer as a read-only root.
 */
const SCRIPT = `set -e
image=$(system-docker inspect -f '{{.Image}}' console)
crun=$(command -v crun || ls /host/usr/bin/crun /proc/1/root/usr/bin/crun 2>/dev/null | head -1)
root=$(ls -d /proc/1/root/*/layers/os-base /proc/1/root/*/*/layers/os-base /proc/1/root/usr/share/ros/layers/os-base 2>/dev/null | head -1)
bundle=/tmp/bench-bundle
mkdir -p $bundle; cd $bundle; rm -f config.json; $crun spec
sed -i 's/"terminal": true/"terminal": false/; s/"sh"/"true"/; s#"path": "rootfs"#"path": "'$root'"#' config.json
now() { echo $(($(date +%s%N) / 1000)); }
for i in $(seq ${ROUNDS}); do
  a=$(now); system-docker run --rm $image true; b=$(now); echo "docker $((b - a))"
  a=$(now); $crun run bench-$i; b=$(now); echo "crun $((b - a))"
done`;

export async function measureContainerStart(place: Workplace): Promise<string> {
  const setup = drover({ name: 'bench-start' });
  const machine = await powerOn(place, setup, 'bench-start');
  try {
    await setup.ready(machine);
    const text = await machine.ssh.ok('sudo sh -s', { input: SCRIPT, deadlineMs: 300_000 });
    const times = (kind: string): number => median([...text.matchAll(new RegExp(`^${kind} (\\d+)$`, 'gm'))].map((found) => Number(found[1]) / 1000));
    const [docker, crun] = [times('docker'), times('crun')];
    return renderMarkdownTable(
      ['what', 'time, start to end', 'against crun', 'bound'],
      [
        ['system-docker run --rm IMAGE true', `${docker.toFixed(0)} ms`, `${(docker / crun).toFixed(1)}x`, '3x'],
        ['crun run, same root file system', `${crun.toFixed(0)} ms`, '1.0x', ''],
      ],
    );
  } finally {
    await machine.kill();
  }
}
