import { equal, ok, test } from '@drover/testing';
import type { BridgeRules } from './render-rules.ts';
import { renderRemoval, renderRules } from './render-rules.ts';

const BRIDGE: BridgeRules = {
  bridge: 'docker-sys', subnet: '172.16.42.0/24', internal: false,
  ports: [{ port: 80, protocol: 'tcp', hostAddress: '0.0.0.0', hostPort: 8080, address: '172.16.42.2' }, { port: 53, protocol: 'udp', hostAddress: '127.0.0.1', hostPort: 53, address: '172.16.42.3' }],
};

const RENDERED = `*nat
:DOCKER-SYS - [0:0]
:DOCKER-SYS-SOURCE - [0:0]
-I PREROUTING -m addrtype --dst-type LOCAL -j DOCKER-SYS
-I OUTPUT -m addrtype --dst-type LOCAL -j DOCKER-SYS
-I POSTROUTING -j DOCKER-SYS-SOURCE
-A DOCKER-SYS -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.16.42.2:80
-A DOCKER-SYS -d 127.0.0.1/32 -p udp -m udp --dport 53 -j DNAT --to-destination 172.16.42.3:53
-A DOCKER-SYS-SOURCE -s 172.16.42.0/24 ! -o docker-sys -j MASQUERADE
-A DOCKER-SYS-SOURCE -s 172.16.42.0/24 -o docker-sys -m conntrack --ctstate DNAT -j MASQUERADE
-A DOCKER-SYS-SOURCE -s 127.0.0.0/8 -o docker-sys -j MASQUERADE
COMMIT
*filter
:DOCKER-SYS-FORWARD - [0:0]
:DOCKER-SYS-INPUT - [0:0]
-I FORWARD -j DOCKER-SYS-FORWARD
-I INPUT -j DOCKER-SYS-INPUT
-A DOCKER-SYS-FORWARD -i docker-sys -o docker-sys -j ACCEPT
-A DOCKER-SYS-FORWARD -o docker-sys -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A DOCKER-SYS-FORWARD -d 172.16.42.2/32 ! -i docker-sys -o docker-sys -p tcp -m tcp --dport 80 -j ACCEPT
-A DOCKER-SYS-FORWARD -d 172.16.42.3/32 ! -i docker-sys -o docker-sys -p udp -m udp --dport 53 -j ACCEPT
-A DOCKER-SYS-FORWARD ! -i docker-sys -o docker-sys -j DROP
-A DOCKER-SYS-FORWARD -i docker-sys -j ACCEPT
-A DOCKER-SYS-INPUT -d 127.0.0.0/8 -i docker-sys -m conntrack ! --ctstate RELATED,ESTABLISHED -j DROP
COMMIT
`;

/** What iptables-save prints once they are applied, beside a rule of User Docker's. */
const SAVED = RENDERED.replace('*nat\n', '# Generated\n*nat\n:PREROUTING ACCEPT [0:0]\n:DOCKER - [0:0]\n-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER\n').replace(/^-I/gm, '-A');

test('a bridge is reached by its published ports and by nothing else, and reaches everything', () => {
  equal(renderRules([BRIDGE], ''), RENDERED);
});

test('jumps that are there already are not made twice, also beside those of User Docker', () => {
  equal(renderRules([BRIDGE], SAVED), RENDERED.replace(/^-I.*\n/gm, ''));
  ok(renderRules([BRIDGE], '*nat\n-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER\nCOMMIT\n').includes('-I PREROUTING -m addrtype --dst-type LOCAL -j DOCKER-SYS\n'));
});

test('an internal network leads nowhere, and publishes nothing', () => {
  const text = renderRules([{ ...BRIDGE, internal: true }], SAVED);
  ok(!text.includes('DNAT') && !text.includes('MASQUERADE') && !text.includes('--dport'), text);
  ok(text.includes('-A DOCKER-SYS-FORWARD -i docker-sys -j DROP\n'), text);
  ok(text.indexOf('-i docker-sys -o docker-sys -j ACCEPT') < text.indexOf('-i docker-sys -j DROP'), text);
});

test('a second bridge is another world: what comes from the first is dropped before the first may go everywhere', () => {
  const text = renderRules([BRIDGE, { bridge: 'br-1', subnet: '172.16.43.0/24', internal: false, ports: [] }], SAVED);
  ok(text.indexOf('! -i br-1 -o br-1 -j DROP') < text.indexOf('-A DOCKER-SYS-FORWARD -i docker-sys -j ACCEPT'), text);
});

test('the removal takes away the jumps and chains that are there, and nothing of others', () => {
  equal(renderRemoval(SAVED), `*nat
:DOCKER-SYS - [0:0]
:DOCKER-SYS-SOURCE - [0:0]
-D PREROUTING -m addrtype --dst-type LOCAL -j DOCKER-SYS
-D OUTPUT -m addrtype --dst-type LOCAL -j DOCKER-SYS
-D POSTROUTING -j DOCKER-SYS-SOURCE
-X DOCKER-SYS
-X DOCKER-SYS-SOURCE
COMMIT
*filter
:DOCKER-SYS-FORWARD - [0:0]
:DOCKER-SYS-INPUT - [0:0]
-D FORWARD -j DOCKER-SYS-FORWARD
-D INPUT -j DOCKER-SYS-INPUT
-X DOCKER-SYS-FORWARD
-X DOCKER-SYS-INPUT
COMMIT
`);
  equal(renderRemoval('*nat\n:DOCKER - [0:0]\nCOMMIT\n'), '');
});
