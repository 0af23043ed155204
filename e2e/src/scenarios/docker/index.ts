// User Docker: the real engine, seeing what the console sees.

import { createServer } from 'node:http';
import { scenario } from '../../harness/scenario.ts';
import type { Scenario } from '../../harness/scenario.ts';
import { expectContains, expectEqual } from '../../harness/expect.ts';
import { eventually } from '../../eventually.ts';
import { BUSYBOX, loadBusybox, waitUserDocker } from '../../product/busybox-image.ts';
import { standard, WEB_PORT } from '../setups.ts';
import { tls } from './tls.ts';

export const docker: readonly Scenario[] = [
  ...tls,

  scenario('a container sees the file that the console bind-mounts into it, and the console what it writes', { on: standard, leaves: 'dirty' }, async ({ machine, place }) => {
    await loadBusybox(place.workspace, machine);
    await machine.ssh.ok('mkdir -p /home/rancher/x; echo from-the-console > /home/rancher/x/file');
    expectEqual(await machine.ssh.ok(`docker run --rm -v /home/rancher/x:/x ${BUSYBOX} cat /x/file`), 'from-the-console\n');
    await machine.ssh.ok(`docker run --rm -v /home/rancher/x:/x ${BUSYBOX} sh -c 'echo from-the-container > /x/answer'`);
    expectEqual(await machine.ssh.ok('cat /home/rancher/x/answer'), 'from-the-container\n');
  }),

  scenario('a published port is reached from outside the machine', { on: standard, leaves: 'dirty' }, async ({ machine, place }) => {
    await loadBusybox(place.workspace, machine);
    await machine.ssh.ok('mkdir -p /home/rancher/www; echo hello-from-inside > /home/rancher/www/index.html');
    await machine.ssh.ok(`docker run -d --name web -p ${WEB_PORT}:80 -v /home/rancher/www:/www ${BUSYBOX} httpd -f -p 80 -h /www`);
    const answer = await eventually('the web server answers', 60_000, async () => (await fetch(`http://127.0.0.1:${machine.portTo(WEB_PORT)}/index.html`)).text());
    expectEqual(answer, 'hello-from-inside\n');
  }),

  scenario('a container of either engine reaches the network outside the machine, side by side', { on: standard, leaves: 'dirty' }, async ({ machine, place }) => {
    await loadBusybox(place.workspace, machine);
    const server = createServer((_, response) => response.end('hello-from-outside\n'));
    const port = await new Promise<number>((resolve) => void server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)));
    try {
      expectEqual(await machine.ssh.ok(`docker run --rm ${BUSYBOX} wget -qO- http://10.0.2.2:${port}/`), 'hello-from-outside\n');
      const image = (await machine.ssh.ok("sudo system-docker inspect -f '{{.Image}}' console")).trim();
      await machine.ssh.ok(`sudo system-docker run -d --name inside -p 8099:80 ${image} sh -c 'echo from-system-docker >/tmp/index.html; exec busybox httpd -f -p 80 -h /tmp'`);
      expectEqual(await machine.ssh.ok(`sudo system-docker exec inside busybox wget -qO- http://10.0.2.2:${port}/`), 'hello-from-outside\n');
      expectEqual(await eventually('its published port answers', 60_000, () => machine.ssh.ok('busybox wget -qO- http://127.0.0.1:8099/')), 'from-system-docker\n');
      expectEqual(await machine.ssh.ok(`docker run --rm ${BUSYBOX} wget -qO- http://10.0.2.2:${port}/`), 'hello-from-outside\n');
      await machine.ssh.ok('sudo system-docker rm -f inside');
      await eventually('no trace of its bridge is left', 60_000, async () => !(await machine.ssh.ok('ls /sys/class/net; sudo /var/lib/rancher/engine/iptables-save | grep DOCKER-SYS || true')).toLowerCase().includes('docker-sys'));
    } finally {
      server.close();
    }
  }),

  scenario('the engine uses overlay2 and cgroup v2, and keeps to a memory limit', { on: standard, leaves: 'dirty' }, async ({ machine, place }) => {
    await loadBusybox(place.workspace, machine);
    expectContains(await machine.ssh.ok("docker info --format '{{.Driver}} {{.CgroupVersion}}'"), 'overlay2 2');
    expectEqual(await machine.ssh.ok(`docker run --rm -m 64m ${BUSYBOX} cat /sys/fs/cgroup/memory.max`), `${64 << 20}\n`);
  }),

  scenario('User Docker is itself a container of System Docker, and each engine sees only its own', { on: standard }, async ({ machine }) => {
    await waitUserDocker(machine);
    expectEqual((await machine.ssh.ok("sudo system-docker inspect -f '{{.State.Running}}' docker")).trim(), 'true');
    expectEqual((await machine.ssh.run('docker inspect console')).code, 1, 'the exit code of docker inspect console');
  }),
];
