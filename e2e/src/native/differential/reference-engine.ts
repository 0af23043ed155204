// The engine to compare with: the product's own dockerd, unmodified, inside a native machine, with a data root, a
// socket and a network of its own. It ends with the machine.

import { existsSync } from 'node:fs';
import { RosError } from '@drover/core';
import { eventually } from '../../eventually.ts';
import type { Ended, NativeMachine } from '../native-machine.ts';
import { REFERENCE_STATE } from '../native-machine.ts';

export const REFERENCE_SOCKET = '/run/dockerd.sock';

const START_LIMIT_MS = 60_000;
const ENGINE = '/var/lib/rancher/engine';

/**
 * In a network namespace, where its bridge and its addresses are in nobody's way. A machine whose cgroups are hybrid has
 * no controllers to give away: crun then refuses even limits that are empty, as dockerd writes them, so they get other names.
 */
const START = `set -e
export PATH=${ENGINE}:$PATH
ip link set lo up
echo 1 >/proc/sys/net/ipv4/ip_forward
mkdir -p /run/reference
cat >/run/reference/runc <<'RUNC'
#!/bin/sh
for word; do
    [ "$before" = --bundle ] && sed -i -E 's/"(blockIO|memory|cpu|pids)":\\{[^{}]*\\}/"no-\\1":{}/' "$word/config.json"
    before=$word
done
exec ${ENGINE}/crun "$@"
RUNC
chmod 755 /run/reference/runc
export PATH=/run/reference:$PATH
echo '{}' >/run/dockerd.json
mkdir -p /etc/containerd
containerd --root ${REFERENCE_STATE}/containerd --state /run/dockerd-containerd --address /run/dockerd-containerd.sock >/run/containerd.log 2>&1 &
for i in $(seq 100); do [ -S /run/dockerd-containerd.sock ] && break; sleep 0.1; done
exec dockerd --config-file /run/dockerd.json --containerd /run/dockerd-containerd.sock --data-root ${REFERENCE_STATE}/data --exec-root /run/dockerd --pidfile /run/dockerd.pid --host unix://${REFERENCE_SOCKET} --iptables=false --ip6tables=false --ip-masq=false --userland-proxy=false --bip 10.213.0.1/24 --storage-driver overlay2 >/run/dockerd.log 2>&1`;

/** Resolves when it answers; at once when it was started before. */
export async function startReference(machine: NativeMachine): Promise<void> {
  if (existsSync(machine.path(REFERENCE_SOCKET))) return;
  const daemon = machine.start(['unshare', '-n', 'sh', '-c', START]);
  daemon.stdin!.end();
  await eventually('the dockerd to compare with answers', START_LIMIT_MS, async () => {
    if (daemon.exitCode !== null) throw new RosError('machine-ended', `dockerd ended:\n${(await machine.run(['tail', '-n', '20', '/run/dockerd.log'])).stdout}`);
    return (await askReference(machine, 'docker version -f "{{.Server.Version}}"')).code === 0;
  });
  await giveImage(machine);
}

export function askReference(machine: NativeMachine, command: string): Promise<Ended> {
  return machine.run(['sh', '-c', command], { env: [`DOCKER_HOST=unix://${REFERENCE_SOCKET}`, `IMAGE=${machine.base}`] });
}

/** The image that System Docker has preloaded, by the same name and with the same configuration. */
async function giveImage(machine: NativeMachine): Promise<void> {
  const { Cmd: command = [], Env: env = [] } = machine.imageConfig('os-base');
  const changes = [`CMD ${JSON.stringify(command)}`, ...env.map((entry) => `ENV ${entry}`)].map((line) => `--change '${line}'`);
  const { code, stderr } = await askReference(machine, `tar -C /rootfs/system/layers/os-base -c . | docker import ${changes.join(' ')} - $IMAGE`);
  if (code !== 0) throw new RosError('docker-failed', `giving dockerd the image failed: ${stderr}`);
}
