// What the user asks for, and by which way.

import { join } from 'node:path';
import { QUIET } from '@drover/builder';
import { scenario } from '../../harness/scenario.ts';
import type { Scenario, Scene } from '../../harness/scenario.ts';
import { expectContains, expectEqual } from '../../harness/expect.ts';
import { eventually } from '../../eventually.ts';
import type { Disk } from '../../machine/index.ts';
import { createGrownDisk, describePartitions } from '../../machine/index.ts';
import { reboot, runOnSerial, tell, waitSerialShell } from '../../product/checks.ts';
import { BOOT_DEADLINE_MS, drover, standardUserData, STARTED } from '../../product/drover-setup.ts';
import { commands } from './commands.ts';
import { nfs } from './nfs.ts';

/** With a blank disk as /dev/vdd. */
const EVERYTHING = `hostname: from-iso
bootcmd:
  - mke2fs -q -t ext4 -L data /dev/vdd
  - [sh, -c, "dd if=/dev/zero of=/var/lib/rancher/swap bs=1M count=8 2>/dev/null; mkswap /var/lib/rancher/swap >/dev/null; chmod 600 /var/lib/rancher/swap"]
write_files:
  - {path: /etc/written, content: "by cloud-config\\n", permissions: '0640', owner: 'rancher:docker'}
  - {path: /opt/unpacked/file, encoding: gz+b64, content: H4sIAAAAAAACAytITM5OTeECAEPgQS8HAAAA}
  - {path: /etc/never, encoding: rot13}
  - {path: /test, container: ntp, content: "ntp content\\n", owner: 'nobody'}
  - {path: ../../test, container: syslog, content: "syslog content\\n"}
  - {path: /test, container: ntpd, content: ""}
  - {path: /opt/rancher/bin/start.sh, permissions: "755", content: "cat /run/script >/run/start\\n"}
  - {path: /var/lib/rancher/conf/cloud-config-script, permissions: "755", content: "#!/bin/bash\\n[[ -e /run/ran ]] && echo script >/run/script\\n"}
  - {path: /etc/rc.local, permissions: "755", content: "wait-for-docker; docker info >/run/rc.local; exit 3\\n"}
mounts:
  - [tmpfs, /mnt/ram, tmpfs, "size=1m"]
  - [LABEL=data, /mnt/data, "", "defaults,noatime"]
  - [/etc/written, /home/rancher/bound, "", bind]
  - [/var/lib/rancher/swap, "", swap, "pri=7"]
  - [/dev/vdz, /mnt/none]
runcmd:
  - []
  - cat /etc/written /opt/unpacked/file >/run/ran
  - [touch, /mnt/ram/two words]
  - "false"
  - touch /run/never
rancher:
  sysctl: {kernel.pid_max: 40001, net.ipv4.no_such_setting: 1}
  modules: [dummy numdummies=2, no_such_module]
  restart_services: [syslog]
  environment: {PATH: "/opt/mine,/opt/yours"}
`;

/** An image of nothing but links into /usr, which a container is lent. */
const MAKE_LINKS_IMAGE = 'tar -C / -c bin lib lib64 | docker import - links >/dev/null';

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

const GROW = ['rancher.resize_device=/dev/vda'];
/** What df says of 2 GiB. */
const GROWN = /\/dev\/vda\d? +(?:19|20)\d\d /;

async function makeGrownState(scene: Scene, layout: 'gpt' | 'dos' | 'whole'): Promise<Disk> {
  const file = join(scene.place.folder, `grown-${layout}.img`);
  await createGrownDisk(file, 2048, 'RANCHER_STATE', layout);
  return { serial: 'state', file, format: 'raw' };
}

export const config: readonly Scenario[] = [
  ...commands,
  nfs,

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

  scenario('an ISO9660 config drive sets files, mounts, commands, sysctls and modules, words behind -- win and stay hidden, and autologin opens a shell on the serial line', { deadlineMs: 10 * 60_000 }, async (scene) => {
    const state = await makeGrownState(scene, 'gpt');
    const words = ['rancher.autologin=ttyS0', ...GROW, '--', 'cc.hostname=nope', 'rancher.password=three'];
    const machine = await scene.boot(drover({ name: 'autologin', config: EVERYTHING, configFormat: 'iso9660', state, words, dataDisk: '64M' }));
    await eventually('the console has done all that it was told to', 120_000, async () => (await machine.ssh.run('test -s /run/rc.local')).code === 0);
    const table: readonly (readonly [command: string, output: string])[] = [
      ["stat -c '%a %U %G' /etc/written; cat /run/ran", '640 rancher docker\nby cloud-config\npacked\n'],
      ['ls /mnt/ram; cat /home/rancher/bound', 'two words\nby cloud-config\n'],
      ["ls /run/never /etc/never /mnt/none 2>&1 | grep -c 'No such'", '3\n'],
      ["grep -o '/mnt/data ext4 rw,noatime' /proc/mounts; awk 'NR > 1 {print $1, $5}' /proc/swaps", '/mnt/data ext4 rw,noatime\n/var/lib/rancher/swap 7\n'],
      ["sudo system-docker exec ntp sh -c 'cat /test; stat -c %U /test'; sudo system-docker exec syslog cat /test; ls /test 2>&1", "ntp content\nnobody\nsyslog content\nls: /test: No such file or directory\n"],
      ['cat /run/start; grep -c "Server Version" /run/rc.local', 'script\n1\n'],
      ['cat /proc/sys/kernel/pid_max; ls -d /sys/class/net/dummy1', '40001\n/sys/class/net/dummy1\n'],
      ["hostname; grep -c three /proc/cmdline; sudo system-docker exec ntp grep -c three /proc/cmdline; tr ' ' '\\n' </proc/cmdline | grep autologin", 'nope\n0\n0\nrancher.autologin=ttyS0\n'],
      [`${MAKE_LINKS_IMAGE}; docker run --rm -v /usr:/usr:ro links busybox grep -o 'autologin=ttyS0\\|three' /proc/cmdline`, 'autologin=ttyS0\n'],
      ['sudo ros config get rancher.environment.EXTRA_CMDLINE; sudo ros config get rancher.password', '/init cc.hostname=nope rancher.password=three\n\n'],
      ['sudo ros config export | grep three', '    EXTRA_CMDLINE: /init cc.hostname=nope rancher.password=three\n'],
      ["bash -lc 'echo $PATH' | grep -o '/opt/mine:/opt/yours'; sudo cloud-init-execute 2>&1 | grep -c vdz; awk 'NR > 1' /proc/swaps | wc -l", '/opt/mine:/opt/yours\n1\n1\n'],
    ];
    const outputs: string[] = [];
    for (const [command] of table) outputs.push((await machine.ssh.run(command)).stdout);
    expectEqual(outputs.join('--\n'), table.map(([, output]) => output).join('--\n'));
    const log = await machine.ssh.ok('sudo dmesg; sudo system-docker logs console 2>&1');
    const failures = [/"rot13" is not an encoding \(write_files\[2\]\.encoding\)/, /write_files: \/test: there is no service ntpd/, /mounts, \/mnt\/none: there is no device \/dev\/vdz/, /runcmd: false: ended with 1/, /rc\.local: ended with 3/, /rancher\.sysctl net\.ipv4\.no_such_setting/, /rancher\.modules no_such_module/];
    for (const said of failures) expectContains(log, said);
    expectContains(await machine.ssh.ok('cat /etc/motd'), 'mounts, /mnt/none: there is no device /dev/vdz');
    await waitSerialShell(machine);
    expectContains(await runOnSerial(machine, 'id -un'), 'rancher');

    expectContains(log, /\/dev\/vda2 grew from 1\.07\d?GB to 2\.14\d?GB/);
    expectContains(await machine.ssh.ok('df -m /var/lib/docker'), GROWN);
    await tell(machine, 'sudo poweroff');
    expectEqual(await machine.waitEnd(60_000), 'power-off', 'the way the machine ended');
    expectContains(await describePartitions(state.file), /No errors detected[^]*img2 : start= +4096, size= +4188/);
  }),

  scenario('a configuration that keeps the machine from coming up is set aside for the last one that booted, after two boots', { minutes: 4, deadlineMs: 15 * 60_000 }, async (scene) => {
    const state = await makeGrownState(scene, 'whole');
    const machine = await scene.boot(drover({ name: 'last-good', state, words: GROW }));
    await eventually('the state disk, a file system over all of a disk that has grown, has its size', 120_000, async () => GROWN.test(await machine.ssh.ok('df -m /var/lib/docker')));
    const kept = 'sudo test -e /var/lib/rancher/last-good-configuration.json';
    await eventually('the first configuration is kept', 180_000, async () => (await machine.ssh.run(kept)).code === 0);
    expectEqual(await machine.ssh.ok("sudo stat -c %a /var/lib/rancher/last-good-configuration.json; sudo ls /var/lib/rancher | grep -c trial || true"), '600\n0\n');
    await machine.ssh.ok("printf 'hostname: looping\nruncmd: [[reboot, -f]]\n' | sudo ros config merge");
    const since = machine.serial.mark();
    await tell(machine, 'sudo reboot');
    await machine.serial.waitFor(/did not get the machine up in 2 boots/, { deadlineMs: 3 * BOOT_DEADLINE_MS, since });
    await machine.ssh.disconnect();
    await machine.ssh.waitReady(120_000);
    expectContains(await machine.ssh.ok('hostname; cat /etc/motd; sudo dmesg'), /^rancher\n[^]*Attention: the configuration did not get the machine up in 2 boots[^]*ros: +hint: correct it/);
    await machine.ssh.ok("sudo ros config set runcmd '[]'");
    await reboot(machine, () => tell(machine, 'sudo reboot'));
    expectEqual(await machine.ssh.ok('hostname; grep -c Attention /etc/motd || true'), 'looping\n0\n');
  }),

  scenario('cloud-config.yml on the state partition counts at the next boot, written by hand and by ros config, and ros config apply makes live what it can', { minutes: 3, deadlineMs: 12 * 60_000 }, async (scene) => {
    const machine = await scene.boot(drover({ name: 'file', state: await makeGrownState(scene, 'dos'), words: GROW }));
    await machine.ssh.ok('printf "#cloud-config\\nhostname: from-file\\n" | sudo tee /var/lib/rancher/conf/cloud-config.yml >/dev/null');
    expectEqual(await machine.ssh.ok('sudo ros config get hostname'), 'from-file\n');
    await machine.ssh.ok("sudo ros config set write_files '[]' && printf 'rancher:\\n  environment: {A: b}\\n' | sudo ros c merge && sudo ros config set rancher.debug true");
    expectEqual(await machine.ssh.ok('sudo cat /var/lib/rancher/conf/cloud-config.yml'), '#cloud-config\nhostname: from-file\nrancher:\n  debug: true\n  environment:\n    A: b\nwrite_files: []\n');
    await machine.ssh.ok('sudo ros config set rancher.docker.tls true');
    await reboot(machine, () => tell(machine, 'sudo reboot'));
    expectEqual(await machine.ssh.ok('hostname'), 'from-file\n');
    expectContains(await machine.ssh.ok('df -m /var/lib/docker; cat /sys/class/block/vda1/size'), /\/dev\/vda1 +(?:19|20)\d\d [^]*\n4192256\n$/, 'the state partition, as the MBR has it after a reboot');
    expectContains(await machine.ssh.ok('sudo ros config explain rancher.docker.debug'), 'value:   true');
    await machine.ssh.ok('sudo ros tls generate');
    expectContains(await eventually('Docker serves TLS from its first start on', 120_000, () => machine.ssh.ok('docker --tlsverify version')), 'Server');

    await machine.ssh.ok("printf 'hostname: applied\\nssh_authorized_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExampleExampleExample added]\\nmounts: [[tmpfs, /mnt/live, tmpfs]]\\nrancher: {sysctl: {kernel.pid_max: 50001}, docker: {bip: 172.30.0.1/16}, network: {dns: {search: [live.example]}}}\\n' | sudo ros config merge 2>/dev/null");
    const said = await machine.ssh.ok('sudo ros config apply; sudo ros config apply | wc -l');
    for (const line of ['hostname: now\n', 'mounts: now\n', 'rancher.sysctl."kernel.pid_max": now\n', 'rancher.docker.bip: when docker is started again', 'rancher.network.dns.search: now, network is started again']) expectContains(said, line);
    expectContains(said, /\n0\n$/);
    expectEqual(await machine.ssh.ok('hostname; cat /proc/sys/kernel/pid_max; grep -c /mnt/live /proc/mounts; grep -c added .ssh/authorized_keys'), 'applied\n50001\n1\n1\n');
    await machine.ssh.ok("sudo ros config set mounts '[]' 2>/dev/null");
    expectContains((await machine.ssh.run('cd /mnt/live && sudo ros config apply 2>&1')).stdout, /\nmounts: now\nmounts, \/mnt\/live, which is gone from the list: umount: .*busy/);
    await machine.ssh.ok("sudo ros config set mounts '[[tmpfs, /mnt/live, tmpfs]]' && sudo ros config apply && sudo ros config set mounts '[]' && sudo ros config apply");
    expectEqual(await machine.ssh.ok('grep -c /mnt/live /proc/mounts || true'), '0\n');
    await eventually('the network has the new search domain', 60_000, async () => (await machine.ssh.run('cat /etc/resolv.conf')).stdout.includes('search live.example'));
  }),

  scenario('a broken cloud-config on a NoCloud drive is reported with file, line and column, and the machine boots with the name that the drive and the SSH port that the kernel line give it', {}, async (scene) => {
    const userData = (key: string): string => standardUserData('hostname: fine\nrancher:\n  debug: [true\n')(key);
    const setup = drover({ name: 'broken', userData, configFormat: 'nocloud', words: ['rancher.autologin=ttyS0', 'rancher.ssh.port=2200', 'rancher.ssh.listen_address=127.0.0.1'] });
    const machine = await scene.power(setup);
    await machine.serial.waitFor(/cidata\/user-data:\d+:\d+: error: /, { deadlineMs: BOOT_DEADLINE_MS });
    await machine.serial.waitFor(STARTED, { deadlineMs: BOOT_DEADLINE_MS });
    await waitSerialShell(machine);
    expectContains(await runOnSerial(machine, 'id -un; hostname'), /rancher\s+from-cidata/);
    await eventually('sshd listens where it was told to', 60_000, async () => (await runOnSerial(machine, 'netstat -ltn | grep LISTEN')).includes('127.0.0.1:2200'));
  }),
];
