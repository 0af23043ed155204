import { deepEqual, equal, test } from '@drover/testing';
import { chooseSubnet, parseRoutes } from './choose-subnet.ts';
import { overlap, parseIpv4, parseSubnet, renderIpv4, renderSubnet } from './ipv4.ts';

const HEADER = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';
const row = (link: string, destination: string, mask: string): string => `${link}\t${destination}\t00000000\t0001\t0\t0\t0\t${mask}\t0\t0\t0`;

test('addresses and subnets are read and written, and what is none is refused', () => {
  equal(renderIpv4(parseIpv4('172.16.42.1')!), '172.16.42.1');
  equal(renderIpv4(parseIpv4('255.255.255.255')!), '255.255.255.255');
  equal(renderSubnet(parseSubnet('10.1.2.3/20')!), '10.1.0.0/20');
  equal(renderSubnet(parseSubnet('0.0.0.0/0')!), '0.0.0.0/0');
  for (const text of ['10.0.0.0', '10.0.0.0/33', '10.0.0/8', 'fd00::/8', '/8', '10.0.0.0/8/8', '10.0.0.0/']) equal(parseSubnet(text), undefined);
  equal(parseIpv4('fd00::1'), undefined);
});

test('subnets overlap when one is inside the other', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['172.16.0.0/16', '172.16.42.0/24', true], ['172.16.42.0/24', '172.16.0.0/12', true], ['172.16.42.0/24', '172.16.43.0/24', false], ['10.0.0.0/8', '11.0.0.0/8', false], ['10.0.0.0/32', '10.0.0.0/32', true],
  ];
  for (const [one, other, expected] of cases) equal(overlap(parseSubnet(one)!, parseSubnet(other)!), expected);
});

test('the routes of /proc/net/route are read, but for default ones and those of our own bridges', () => {
  const text = [HEADER, row('eth0', '00000000', '00000000'), row('eth0', '0001A8C0', '00FFFFFF'), row('docker0', '000011AC', '0000FFFF'), row('docker-sys', '002A10AC', '00FFFFFF'), row('tun0', '0100000A', 'FFFFFFFF'), ''].join('\n');
  deepEqual(parseRoutes(text, ['docker-sys']).map(renderSubnet), ['192.168.1.0/24', '172.17.0.0/16', '10.0.0.1/32']);
  deepEqual(parseRoutes('', []), []);
});

test('the first subnet is that of RancherOS’s number, and what is routed, used or asked for names is passed over', () => {
  const choose = (used: readonly string[], servers: readonly string[] = []): string | undefined => {
    const found = chooseSubnet(used.map((text) => parseSubnet(text)!), servers);
    return found === undefined ? undefined : renderSubnet(found);
  };
  equal(choose([]), '172.16.42.0/24');
  equal(choose(['172.16.42.0/24', '172.16.43.128/25']), '172.16.44.0/24');
  equal(choose([], ['172.16.42.53', '::1', '9.9.9.9']), '172.16.43.0/24');
  equal(choose(['172.16.0.0/12']), '10.213.42.0/24');
  equal(choose(['172.16.0.0/12', '10.0.0.0/8']), undefined);
});
