// What the user asks for, and by which way.

import { QUIET } from '@drover/builder';
import { scenario } from '../../harness/scenario.ts';
import type { Scenario } from '../../harness/scenario.ts';
import { expectContains, expectEqual } from '../../harness/expect.ts';
import { eventually } from '../../eventually.ts';
import { reboot, runOnSerial, tell, waitSerialShell } from '../../product/checks.ts';
import { BOOT_DEADLINE_MS, drover, standardUserData, STARTED } from '../../product/drover-setup.ts';
import { commands } from './commands.ts';

const EVERYTHING = `hostname: from-iso
write_files:
  - {path: /etc/written, content: "by cloud-config\\n", permissions: '0640', owner: 'rancher:docker'}
  - {path: /opt/unpacked/file, encoding: gz+b64, content: H4sIAAAAAAACAytITM5OTeECAEPgQS8HAAAA}
  - {path: /etc/never, encoding: rot13}
mounts:
  - [tmpfs, /mnt/ram, tmpfs, "size=1m"]
runcmd:
  - cat /etc/written /opt/unpacked/file >/run/ran
  - [touch, /mnt/ram/two words]
  - "false"
  - touch /run/never
rancher:
  sysctl: {kernel.pid_max: 40001, net.ipv4.no_such_setting: 1}
  modules: [dummy numdummies=2, no_such_module]
`;

/** The addresses that QEMU's network would give, so that ssh finds the machine. */
const STATIC = `hostname: from-fat
rancher:
  network:
    interfaces:
      eth*: {dhcp: true}
      mac=52:54:00:12:34:56:
        {address: 10.0.2.15/24, addresses: [10.0.2.99/24, "fd00::99/64"], gateway: 10.0.2.2, mtu: 1400, vlans: "100,200:store", post_up: ["echo $iface >/run/after"]}
      eth1: {bond: bond7}
      bond7: {bond_opts: {mode: active-backup}, address: 10.7.0.1/24}
      store: {bridge: br9}
      br9: {bridge: "true", address: 10.9.0.1/24}
    dns: {nameservers: [10.0.2.3], search: [example.org]}
`;

export const config: readonly Scenario[] = [
  ...commands,

  scenario('a FAT config drive sets the host name and static addresses, and a password from a kernel word opens the serial line', {}, async (scene) => {
    const setup = drover({ name: 'password', config: STATIC, network: { more: [{ kind: 'user', forward: {}, subnet: '10.0.3.0/24' }] }, words: [...QUIET, 'rancher.password=open-sesame'] });
    const machine = await scene.boot(setup);
    await machine.serial.waitFor(/login: *$/m, { deadlineMs: 60_000 });
    const since = machine.serial.mark();
    machine.serial.type('rancher\n');
    await machine.serial.waitFor(/[Pp]assword: *$/m, { deadlineMs: 60_000, since });
    machine.serial.type('open-sesame\n');
    await waitSerialShell(machine);
    expectContains(await runOnSerial(machine, 'id -un'), 'rancher');
    expectEqual(await machine.ssh.ok('hostname'), 'from-fat\n');
    const addresses = await machine.ssh.ok('ip addr show dev eth0');
    for (const expected of ['mtu 1400', 'inet 10.0.2.15/24', 'inet 10.0.2.99/24', 'inet6 fd00::99/64']) expectContains(addresses, expected);
    const links = await machine.ssh.ok('ip addr; cat /sys/class/net/bond7/bonding/mode /sys/class/net/bond7/bonding/slaves; ls /sys/class/net/br9/brif');
    for (const expected of ['eth0.100@eth0', 'inet 10.7.0.1/24', 'inet 10.9.0.1/24', 'active-backup 1\neth1\nstore\n']) expectContains(links, expected);
    expectEqual(await machine.ssh.ok('ip route show default | head -1; grep -v "^#" /etc/resolv.conf; cat /run/after; ps -e | grep -c "[d]hcpcd" || true'), 'default via 10.0.2.2 dev eth0 \nnameserver 10.0.2.3\nsearch example.org\neth0\n0\n');
  }),

  scenario('an ISO9660 config drive sets the host name, files, mounts, commands, sysctls and modules, and autologin opens a shell on the serial line', {}, async (scene) => {
    const machine = await scene.boot(drover({ name: 'autologin', config: EVERYTHING, configFormat: 'iso9660', words: ['rancher.autologin=ttyS0'] }));
    expectEqual(await machine.ssh.ok('hostname'), 'from-iso\n');
    await eventually('the console has done all that it was told to', 60_000, async () => (await machine.ssh.run('test -e /run/console-done')).code === 0);
    expectEqual(await machine.ssh.ok("stat -c '%a %U %G' /etc/written; cat /run/ran; ls /mnt/ram; ls /run/never /etc/never 2>&1 | grep -c 'No such'"), '640 rancher docker\nby cloud-config\npacked\ntwo words\n2\n');
    expectEqual(await machine.ssh.ok('cat /proc/sys/kernel/pid_max; ls -d /sys/class/net/dummy1'), '40001\n/sys/class/net/dummy1\n');
    const log = await machine.ssh.ok('sudo dmesg; sudo system-docker logs console 2>&1');
    for (const said of [/"rot13" is not an encoding \(write_files\[2\]\.encoding\)/, /runcmd: false: ended with 1/, /rancher\.sysctl net\.ipv4\.no_such_setting/, /rancher\.modules no_such_module/]) expectContains(log, said);
    await waitSerialShell(machine);
    expectContains(await runOnSerial(machine, 'id -un'), 'rancher');
  }),

  scenario('cloud-config.yml on the state partition counts at the next boot, written by hand and by ros config', { minutes: 2 }, async (scene) => {
    const machine = await scene.boot(drover({ name: 'file' }));
    await machine.ssh.ok('printf "#cloud-config\\nhostname: from-file\\n" | sudo tee /var/lib/rancher/conf/cloud-config.yml >/dev/null');
    expectEqual(await machine.ssh.ok('sudo ros config get hostname'), 'from-file\n');
    await machine.ssh.ok("sudo ros config set write_files '[]' && printf 'rancher:\\n  environment: {A: b}\\n' | sudo ros c merge && sudo ros config set rancher.debug true");
    expectEqual(await machine.ssh.ok('sudo cat /var/lib/rancher/conf/cloud-config.yml'), '#cloud-config\nhostname: from-file\nrancher:\n  debug: true\n  environment:\n    A: b\nwrite_files: []\n');
    await machine.ssh.ok('sudo ros config set rancher.docker.tls true');
    await reboot(machine, () => tell(machine, 'sudo reboot'));
    expectEqual(await machine.ssh.ok('hostname'), 'from-file\n');
    expectContains(await machine.ssh.ok('sudo ros config explain rancher.docker.debug'), 'value:   true');
    await machine.ssh.ok('sudo ros tls generate');
    expectContains(await eventually('Docker serves TLS from its first start on', 120_000, () => machine.ssh.ok('docker --tlsverify version')), 'Server');
  }),

  scenario('a broken cloud-config on a NoCloud drive is reported with file, line and column, and the machine boots with the name that the drive gives it', {}, async (scene) => {
    const userData = (key: string): string => standardUserData('hostname: fine\nrancher:\n  debug: [true\n')(key);
    const setup = drover({ name: 'broken', userData, configFormat: 'nocloud', words: ['rancher.autologin=ttyS0'] });
    const machine = await scene.power(setup);
    await machine.serial.waitFor(/cidata\/user-data:\d+:\d+: error: /, { deadlineMs: BOOT_DEADLINE_MS });
    await machine.serial.waitFor(STARTED, { deadlineMs: BOOT_DEADLINE_MS });
    await waitSerialShell(machine);
    expectContains(await runOnSerial(machine, 'id -un; hostname'), /rancher\s+from-cidata/);
  }),
];
