// rancher.network: many keys in few machines.

import { join } from 'node:path';
import { pushSmallImage, withDockerRegistry } from '../../docker-registry.ts';
import { scenario } from '../../harness/scenario.ts';
import type { Scenario } from '../../harness/scenario.ts';
import { expectContains, expectEqual, expectLacks } from '../../harness/expect.ts';
import { eventually } from '../../eventually.ts';
import type { Machine } from '../../machine/index.ts';
import { findFreePort } from '../../machine/free-port.ts';
import type { Nic } from '../../machine/types.ts';
import { drover } from '../../product/drover-setup.ts';
import { startRecordingProxy } from './recording-proxy.ts';

const say = (words: string): string => `"echo ${words} >>/var/log/net.log"`;
/** QEMU's network, as the guest sees the machine that it runs on. */
const HERE = '10.0.2.2';

function everyKind(proxyPort: number, registryPort: number): string {
  return `rancher:
  docker: {registry_mirror: 'http://${HERE}:${registryPort}', insecure_registry: ['${HERE}:${registryPort}']}
  network:
    http_proxy: http://${HERE}:${proxyPort}
    https_proxy: http://${HERE}:${proxyPort}
    no_proxy: direct.example,${HERE}
    dns: {nameservers: [208.67.222.123, 208.67.220.123], search: [mydomain.com, example.com]}
    wifi_networks: {home: {ssid: x}}
    dhcp_timeout: 30
    pre_cmds: ["sh -c 'echo pre_cmds >>/var/log/net.log'"]
    post_cmds: ["sh -c 'echo post_cmds >>/var/log/net.log'"]
    interfaces:
      lo: {address: 127.0.0.1/8, addresses: [10.255.0.1/32], pre_up: [${say('pre_up lo')}], post_up: [${say('post_up lo')}]}
      eth0: {dhcp: true, pre_up: [${say('pre_up eth0')}], post_up: [${say('post_up eth0')}]}
      eth1: {vlans: "100,200:foobar", pre_up: [${say('pre_up eth1')}], post_up: [${say('post_up eth1')}]}
      "mac=52:54:00:12:34:58": {bridge: br0, pre_up: [${say('pre_up eth2')}], post_up: [${say('post_up eth2')}]}
      br0: {bridge: "true", dhcp: true, vlans: "100"}
      br0.100: {address: 123.123.123.123}
      eth1.100: {bridge: br0}
      eth3: {bond: bond0}
      eth4: {bond: bond0}
      bond0: {address: 192.168.122.252/31, mtu: 1450, bond_opts: {downdelay: "200", mode: "1", miimon: "100"}}
      eth5: {dhcp: true, dhcp_args: "dhcpcd -MA4 -m 50 -C resolv.conf"}
      eth6: {ipv4ll: true}
      eth8: {bond: bond1}
      eth9: {bond: bond1}
      bond1: {bond_opts: {lacp_rate: fast, mode: 802.3ad, miimon: "100"}, vlans: "300,400:storage"}
      bond1.300: {dhcp: true}
      storage: {address: 10.40.0.1/24}
      eth10: {dhcp: false}
      eth11: {dhcp: false}
`;
}

/** The last two become those of another host, at the other ends of the cables of eth8 and eth9. */
const TWELVE_CARDS: readonly Nic[] = [
  { kind: 'segment', segment: 1 }, { kind: 'user', forward: {}, subnet: '192.168.121.0/24' }, { kind: 'segment', segment: 2 }, { kind: 'segment', segment: 2 },
  { kind: 'user', forward: {}, subnet: '192.168.123.0/24' }, { kind: 'segment', segment: 1 }, { kind: 'segment', segment: 1 },
  { kind: 'segment', segment: 3 }, { kind: 'segment', segment: 4 }, { kind: 'segment', segment: 3 }, { kind: 'segment', segment: 4 },
];
/** Both ends of each cable of the trunk. */
const CABLES = [[8, 10], [9, 11]] as const;

const COMMANDS = ['pre_cmds', 'pre_up eth0', 'post_up eth0', 'pre_up eth1', 'post_up eth1', 'pre_up eth2', 'post_up eth2', 'post_cmds'];

async function address(machine: Machine, link: string): Promise<string> {
  return machine.ssh.ok(`ip -4 -o addr show dev ${link}`);
}

/** A host with a network of its own: the same kernel, but nothing of ours configures it. */
const OTHER_HOST = `set -e
image=$(sudo system-docker inspect -f '{{.Config.Image}}' syslog)
sudo system-docker run -d --name other --net none --privileged $image sleep 1000000 >/dev/null
pid=$(sudo system-docker inspect -f '{{.State.Pid}}' other)
for card in eth10 eth11; do sudo ip link set $card netns $pid; done
sudo system-docker exec -i other sh -e <<'END'
ip link add bond0 type bond
cd /sys/class/net/bond0/bonding
echo 802.3ad >mode; echo 100 >miimon; echo fast >lacp_rate
for card in eth10 eth11; do ip link set $card down; ip link set $card master bond0; ip link set $card up; done
ip link set bond0 up
ip link add link bond0 name office type vlan id 300
ip link add link bond0 name storage type vlan id 400
ip addr add 10.30.0.1/24 dev office; ip addr add 10.40.0.2/24 dev storage
ip link set office up; ip link set storage up
printf 'interface office\\nstart 10.30.0.20\\nend 10.30.0.29\\noption subnet 255.255.255.0\\nlease_file /leases\\n' >/udhcpd.conf; : >/leases
busybox udhcpd /udhcpd.conf
END`;

async function checkTrunk(machine: Machine): Promise<void> {
  await machine.ssh.ok(OTHER_HOST);
  const partner = (await machine.ssh.ok('sudo system-docker exec other cat /sys/class/net/bond0/address')).trim();
  const agreement = (): Promise<string> => machine.ssh.ok('sudo cat /proc/net/bonding/bond1'); // only root sees all of it
  const isWhole = async (): Promise<boolean> => {
    expectContains(await agreement(), /Number of ports: 2\n/);
    return true;
  };
  const reaches = async (): Promise<boolean> => (await machine.ssh.run('sudo ping -c 1 -W 2 10.40.0.2')).code === 0;
  const plug = async (cable: readonly number[], up: boolean): Promise<void> => {
    for (const end of cable) await machine.setCable(end, up);
  };
  await eventually('both hosts take the two cables for one', 90_000, isWhole);
  expectContains(await agreement(), `Partner Mac Address: ${partner}`);
  await eventually('the other host is reached by a VLAN of the trunk', 60_000, reaches);
  await plug(CABLES[0], false);
  await eventually('it is still reached when one cable is out', 60_000, reaches);
  await plug(CABLES[1], false);
  await eventually('it is not reached without a cable', 60_000, async () => !(await reaches()));
  for (const cable of CABLES) await plug(cable, true);
  await eventually('the trunk is whole again', 90_000, isWhole);
  await eventually('the VLAN that asks by DHCP has its address', 150_000, async () => (await address(machine, 'bond1.300')).includes('inet 10.30.0.2'));
}

/** Docker Hub by its mirror, a registry without TLS, both straight; and by the proxy once nothing excepts them. */
async function checkRegistries(machine: Machine, registry: string, asked: readonly string[]): Promise<void> {
  await pushSmallImage(`http://${registry.replace(HERE, '127.0.0.1')}/v2/library/small`, '1');
  const pull = (image: string): ReturnType<Machine['ssh']['run']> => machine.ssh.run(`docker pull -q ${image} && docker image inspect -f '{{.Config.Labels.tag}}' ${image}; docker rmi -f ${image} >/dev/null`);
  for (const image of ['small:1', `${registry}/library/small:1`]) expectContains((await pull(image)).stdout, /^1$/m);
  await machine.ssh.run('sudo timeout 20 system-docker pull system.nowhere.example/image');
  expectContains(asked.join('\n'), 'CONNECT system.nowhere.example:443');

  const said = await machine.ssh.ok('sudo ros config set rancher.network.no_proxy direct.example; sudo ros config apply --restart; wait-for-docker; bash -lc \'echo "logins: $no_proxy"\'');
  expectContains(said, /rancher\.network\.no_proxy: now for new logins; now, docker is started again; system-docker at the next boot\n[^]*logins: direct\.example\n/);
  for (const image of ['small:1', `${registry}/library/small:1`]) expectLacks((await pull(image)).stdout, /^1$/m);
  expectContains(asked.join('\n'), `GET http://${registry}/v2/`);
}

export const network: readonly Scenario[] = [
  scenario('twelve cards become VLANs, bridges and bonds, one a trunk to another host, with commands in their order, the name that DHCP gives, and proxies for what is fetched', { minutes: 4 }, async (scene) => {
    const proxy = await startRecordingProxy();
    const registryPort = await findFreePort();
    const test = async (): Promise<void> => {
      const machine = await scene.boot(drover({ name: 'twelve-cards', config: everyKind(proxy.port, registryPort), network: { hostName: 'rancher-dev', more: TWELVE_CARDS } }));
      // They wait for DHCP, and eth7 waits for dhcp_timeout.
      await eventually('post_cmds have run', 150_000, async () => (await machine.ssh.ok('sudo cat /var/log/net.log')).includes('post_cmds'));
      expectEqual(await machine.ssh.ok('sudo cat /var/log/net.log'), COMMANDS.map((line) => `${line}\n`).join(''));

      await eventually('eth6 has found a free link-local address', 60_000, async () => (await address(machine, 'eth6')).includes('inet 169.254.'));
      const links = await machine.ssh.ok('ip addr; cat /sys/class/net/bond0/bonding/mode /sys/class/net/bond0/bonding/downdelay');
      for (const expected of [
        /eth1\.100@eth1: .*master br0/, /foobar@eth1: /, /br0\.100@br0: /, 'inet 123.123.123.123/32', / eth2: .*master br0/, /inet 192\.168\.121\.\d+.* br0/, / eth3: .*master bond0/, / eth4: .*master bond0/,
        / bond0: .*mtu 1450/, 'inet 192.168.122.252/31', 'active-backup 1\n200\n', 'inet 10.255.0.1/32', /inet 192\.168\.123\.\d+.* eth5/, /inet 169\.254\.\d+\.\d+\/16.* eth6/,
      ]) expectContains(links, expected);
      expectLacks(await address(machine, 'eth7'), 'inet'); // unlisted: asks by DHCP, and nobody answers
      expectContains(await machine.ssh.ok('ip route show dev eth5'), /default via 192\.168\.123\.2 .*metric 50/);
      expectEqual(await machine.ssh.ok('grep -v "# Written" /etc/resolv.conf'), '# rancher.network.dns\nnameserver 208.67.222.123\nnameserver 208.67.220.123\nsearch mydomain.com example.com\n');
      expectEqual(await machine.ssh.ok('hostname; grep 127.0.1.1 /etc/hosts; cat /etc/hostname'), 'rancher-dev\n127.0.1.1\trancher-dev\nrancher-dev\n');
      expectContains(await machine.ssh.ok('sudo dmesg'), /rancher\.network\.wifi_networks has no effect: there are no drivers and programs for radio on this image/);
      expectLacks(await machine.ssh.ok('sudo system-docker logs network 2>&1'), /no such user|not found|ended with|RTNETLINK/, 'the log of the network container');
      await checkTrunk(machine);

      const said = `http://${HERE}:${proxy.port}`;
      const environment = await machine.ssh.ok('sudo system-docker inspect docker; sudo system-docker info');
      for (const expected of [`HTTP_PROXY=${said}`, `HTTPS_PROXY=${said}`, `NO_PROXY=direct.example,${HERE}`, `HTTP Proxy: ${said}`]) expectContains(environment, expected);
      expectEqual(await machine.ssh.ok('bash -lc "wget -qO- http://nowhere.example/file"'), 'by way of the proxy\n');
      await eventually('docker answers', 180_000, async () => (await machine.ssh.run('docker version')).code === 0);
      for (const registry of ['registry.nowhere.example', 'direct.example']) await machine.ssh.run(`timeout 20 docker pull ${registry}/image`);
      expectContains(proxy.asked.join('\n'), 'CONNECT registry.nowhere.example:443');
      expectContains(proxy.asked.join('\n'), 'GET http://nowhere.example/file');
      expectLacks(proxy.asked.join('\n'), 'direct.example');
      await checkRegistries(machine, `${HERE}:${registryPort}`, proxy.asked);
    };
    try {
      await withDockerRegistry({ folder: join(scene.place.folder, 'registry'), programs: join(scene.place.workspace.cache, 'run/docker-registry'), port: registryPort }, '', test);
    } finally {
      proxy.close();
    }
  }),

  scenario('kernel words win over files; a change is applied live without ending connections; cards and cables that come and go are followed', { minutes: 3 }, async (scene) => {
    const more: Nic[] = [{ kind: 'segment', segment: 1 }, { kind: 'segment', segment: 1 }, { kind: 'user', forward: {}, subnet: '192.168.123.0/24' }, { kind: 'user', forward: {}, subnet: '192.168.124.0/24' }];
    const config = 'rancher: {network: {interfaces: {eth1: {address: 10.1.0.41/24, gateway: 10.1.0.1}, eth2: {address: 10.31.168.85/24, gateway_ipv6: "fe80::1"}}}}\n';
    const words = ['eth1.address=10.1.0.52/24', 'eth1.gateway=10.1.0.2', 'eth0.dhcp=true', 'eth4.dhcp=false'].map((word) => `rancher.network.interfaces.${word}`).concat('rancher.modules=[btrfs]');
    const machine = await scene.boot(drover({ name: 'live-network', config, words, network: { more } }));
    await eventually('eth3, which no entry is for, has an address by DHCP', 60_000, async () => (await address(machine, 'eth3')).includes('inet 192.168.123.'));
    expectContains(await machine.ssh.ok('lsmod'), /^btrfs /m);
    expectContains(await address(machine, 'eth1'), 'inet 10.1.0.52/24 brd 10.1.0.255');
    expectLacks(await address(machine, 'eth1'), '10.1.0.41');
    expectContains(await address(machine, 'eth2'), 'inet 10.31.168.85/24');
    expectLacks(await address(machine, 'eth4'), 'inet');
    const routes = await machine.ssh.ok('ip route; ip -6 route');
    for (const expected of [/^default via 10\.1\.0\.2 dev eth1 *$/m, /^default via 10\.0\.2\.2 dev eth0 .*metric 1\d\d\d/m, /^default via 192\.168\.123\.2 dev eth3 .*metric 1\d\d\d/m, /^default via fe80::1 dev eth2 /m]) expectContains(routes, expected);

    await machine.ssh.ok(`sudo ros config merge <<'END'
rancher: {network: {interfaces: {eth2: {address: 10.31.168.99/24, gateway_ipv6: "", mtu: 1400}, eth3: {dhcp: false}, eth5: {address: 10.55.0.1/24, post_up: ["echo $iface >/run/came"]}}, post_cmds: ["touch /run/reconfigured"]}}
END`);
    const since = machine.serial.mark();
    const session = machine.ssh.ok('for i in $(seq 100); do test -e /run/reconfigured && break; sleep 1; done; echo still here');
    await machine.ssh.ok('sudo system-docker restart network');
    expectEqual(await session, 'still here\n');
    expectLacks(machine.serial.text.slice(since), /Drover \S+ started/);
    expectContains(await machine.ssh.ok('ip addr show dev eth2'), /mtu 1400[^]*inet 10\.31\.168\.99\/24/);
    expectLacks(await address(machine, 'eth2'), '10.31.168.85');
    expectLacks(await address(machine, 'eth3'), 'inet');
    expectContains(await address(machine, 'eth1'), 'inet 10.1.0.52/24');
    expectLacks(await machine.ssh.ok('ip route; ip -6 route'), /192\.168\.123|fe80::1 dev eth2/);

    await machine.plugNic('10.66.0.0/24');
    await eventually('a card that an entry waits for is configured when it comes', 60_000, async () => (await machine.ssh.ok('ip addr; cat /run/came 2>/dev/null || true')).match(/inet 10\.55\.0\.1\/24[^]*^eth5$/m) !== null);
    await machine.plugNic('10.67.0.0/24');
    await eventually('a card that no entry is for asks by DHCP when it comes', 60_000, async () => (await machine.ssh.ok('ip -4 -o addr')).includes('inet 10.67.0.'));
    const EIGHTH = 'sudo cat /run/ros/leases/eth6@dhcp';
    expectContains(await machine.ssh.ok(EIGHTH), '"nameservers":["10.67.0.3"]');
    await machine.setCable(0, false);
    await machine.setCable(0, true);
    await eventually('the first card has its address again after its cable was out', 60_000, async () => (await address(machine, 'eth0')).includes('inet 10.0.2.15'));
    expectContains(await machine.ssh.ok('cat /etc/resolv.conf'), /# DHCP on eth0\nnameserver 10\.0\.2\.3/);
  }),
];
