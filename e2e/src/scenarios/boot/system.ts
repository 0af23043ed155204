// What a machine that is up looks like.

import { scenario } from '../../harness/scenario.ts';
import type { Scenario } from '../../harness/scenario.ts';
import { expectContains, expectEqual, expectLacks, expectTrue } from '../../harness/expect.ts';
import { eventually } from '../../eventually.ts';
import { SYSTEM_SERVICES } from '../../product/checks.ts';
import { STARTED } from '../../product/drover-setup.ts';
import { standard } from '../setups.ts';

export const system: readonly Scenario[] = [
  scenario('every system service is a running container', { on: standard }, async ({ machine }) => {
    for (const service of SYSTEM_SERVICES) {
      await eventually(`the container ${service} runs`, 60_000, async () => (await machine.ssh.ok(`sudo system-docker inspect -f '{{.State.Running}}' ${service}`)).trim() === 'true');
    }
    const listed = (await machine.ssh.ok("sudo system-docker ps --format '{{.Names}}'")).split('\n');
    for (const service of SYSTEM_SERVICES) expectTrue(listed.includes(service), `system-docker ps does not list ${service}:\n${listed.join('\n')}`);
  }),

  scenario('PID 1 is init, and it is ros', { on: standard }, async ({ machine }) => {
    expectEqual((await machine.ssh.ok('cat /proc/1/comm')).trim(), 'init');
    expectContains(await machine.ssh.ok('sudo readlink /proc/1/exe'), /\/ros$/m);
  }),

  scenario('rancher becomes root without a password and uses docker without sudo', { on: standard }, async ({ machine }) => {
    expectEqual((await machine.ssh.ok('sudo -n id -u')).trim(), '0');
    await eventually('docker ps works for rancher', 180_000, async () => (await machine.ssh.run('docker ps')).code === 0);
  }),

  scenario('the serial line and the first screen carry a login', { on: standard }, async ({ machine }) => {
    await machine.serial.waitFor(/login:/, { deadlineMs: 60_000 });
    await eventually('the first virtual terminal shows a login', 60_000, async () => (await machine.ssh.ok('sudo cat /dev/vcs1')).includes('login:'));
  }),

  scenario('the greeting says version, address and how to log in', { on: standard }, async ({ machine }) => {
    const [line] = STARTED.exec(machine.serial.text)!;
    const version = line.split(' ')[1]!;
    const since = machine.serial.mark();
    machine.serial.type('\n');
    await machine.serial.waitFor(/login:/, { deadlineMs: 60_000, since });
    expectContains(machine.serial.text, new RegExp(`(?:Drover|RancherOS)[^\\n]*${version.replace(/\./g, '\\.')}`), 'the serial console');
    expectContains(machine.serial.text, /10\.0\.2\.15/, 'the serial console');
    expectContains(machine.serial.text, /ssh rancher@/, 'the serial console');
  }),

  scenario('the machine has an address, a default route and a name server by DHCP', { on: standard }, async ({ machine }) => {
    expectContains(await machine.ssh.ok('ip -4 addr show dev eth0'), '10.0.2.15');
    expectContains(await machine.ssh.ok('ip -4 route'), /default via 10\.0\.2\.2/);
    expectContains(await machine.ssh.ok('cat /etc/resolv.conf'), /nameserver 10\.0\.2\.3/);
  }),

  scenario('the root is a tmpfs, /usr is the read-only squashfs, cgroups are v2 alone', { on: standard }, async ({ machine }) => {
    const mounts = await machine.ssh.ok('sudo cat /proc/1/mounts');
    expectContains(mounts, /^\S+ \/ (?:tmpfs|rootfs|ramfs) /m, 'the mounts of PID 1');
    expectContains(mounts, /^\S+ \S+ squashfs ro/m, 'the mounts of PID 1');
    expectContains(mounts, /^\S+ \/sys\/fs\/cgroup cgroup2 /m, 'the mounts of PID 1');
    expectLacks(mounts, / cgroup /, 'the mounts of PID 1');
  }),

  scenario('what a container of System Docker mounts below /mnt is there for people, too', { on: standard, leaves: 'dirty' }, async ({ machine }) => {
    const image = (await machine.ssh.ok("sudo system-docker inspect -f '{{.Config.Image}}' syslog")).trim();
    await machine.ssh.ok('sudo mkdir -p /mnt/shared');
    await machine.ssh.ok(`sudo system-docker run --privileged -v /mnt:/mnt:shared -v /test:/test ${image} mount --bind / /mnt/shared`);
    expectContains(await machine.ssh.ok('ls /mnt/shared'), /^test$/m);
  }),

  scenario('the kernel log has no oops, no warning trace and no failed service', { on: standard }, async ({ machine }) => {
    expectLacks(await machine.ssh.ok('sudo dmesg'), /Oops|BUG:|Call Trace|Kernel panic|Out of memory/, 'the kernel log');
    expectLacks(machine.serial.text, /rescue shell/i, 'the serial console');
  }),

  scenario('log files hold what services said', { on: standard }, async ({ machine }) => {
    await machine.ssh.ok('logger -t e2e a-line-for-the-log');
    await eventually('the line is in /var/log', 60_000, async () => (await machine.ssh.run('sudo grep -rqs a-line-for-the-log /var/log')).code === 0);
  }),
];
