// Each cloud as its public documentation describes it: paths, headers, answers. An HTTP server at its own address.

import { decodeUtf8, encodeBase64, encodeUtf8 } from '@drover/core';
import { HttpHeaders, serveConnection } from '@drover/docker-api';
import type { HttpExchange } from '@drover/docker-api';
import { FakeHost } from '@drover/host';
import { deepEqual, equal, match, ok, test } from '@drover/testing';
import { askSources } from '../ask-sources.ts';
import type { AskOptions } from '../ask-sources.ts';
import type { Found, SourceName } from '../datasource.ts';

type Pages = Readonly<Record<string, string>> | ((exchange: HttpExchange) => string | number);

interface Cloud {
  readonly address: string;
  readonly pages: Pages;
}

/** A machine whose network has these servers, on port 80; names are those of /etc/hosts. */
function machine(clouds: readonly Cloud[], hosts = ''): { host: FakeHost; asked: string[] } {
  const host = new FakeHost({ '/etc/hosts': hosts });
  const asked: string[] = [];
  for (const { address, pages } of clouds) {
    const answer = async (exchange: HttpExchange): Promise<void> => {
      const { method, target } = exchange.head;
      asked.push(`${method} ${target}`);
      const page = typeof pages === 'function' ? pages(exchange) : Object.hasOwn(pages, target) ? pages[target]! : 404;
      await (typeof page === 'number' ? exchange.respond(page) : exchange.respond(200, undefined, page));
    };
    host.sockets.listen({ host: address, port: 80 }, (connection) => void serveConnection(connection, answer, { headers: new HttpHeaders(), onError: (exchange) => exchange.respond(500) }));
  }
  return { host, asked };
}

async function ask(host: FakeHost, sources: readonly SourceName[], more: Partial<AskOptions> = {}): Promise<{ found: Found | undefined; remarks: string[] }> {
  const remarks: string[] = [];
  const found = await askSources(host, sources, {
    deadline: host.clock.monotonic() + 60_000, kernelWords: [], hasDevice: () => false, routers: () => [], onRemark: (text) => remarks.push(text), ...more,
  });
  return { found, remarks };
}

const LINK_LOCAL = '169.254.169.254';
const EC2: SourceName = { name: 'ec2', argument: 'http://169.254.169.254/' };

const EC2_PAGES: Readonly<Record<string, string>> = {
  '/latest/meta-data/': 'hostname\nlocal-ipv4\npublic-keys/\n',
  '/latest/meta-data/hostname': 'ip-10-0-0-5.ec2.internal other.domain\n',
  '/latest/meta-data/local-ipv4': '10.0.0.5',
  '/latest/meta-data/public-ipv4': '203.0.113.5',
  '/latest/meta-data/instance-type': 'm4.large',
  '/latest/meta-data/public-keys/': '0=mine\n1=other\nbad',
  '/latest/meta-data/public-keys/0/openssh-key': 'ssh-rsa AAAA mine\n',
  '/latest/meta-data/public-keys/1/openssh-key': 'ssh-rsa BBBB other\n',
  '/latest/user-data': '#cloud-config\nhostname: $private_ipv4\n',
};

test('EC2 is asked with a token, and everything it knows is used', async () => {
  const { host, asked } = machine([{
    address: LINK_LOCAL,
    pages: ({ head: { method, target, headers } }) => {
      if (target === '/latest/api/token') return method === 'PUT' && headers.get('x-aws-ec2-metadata-token-ttl-seconds') === '21600' ? 'TOKEN' : 400;
      return headers.get('x-aws-ec2-metadata-token') === 'TOKEN' ? (EC2_PAGES[target] ?? 404) : 401;
    },
  }]);
  const { found } = await ask(host, [EC2]);
  deepEqual(found?.metadata, {
    hostname: 'ip-10-0-0-5.ec2.internal', sshPublicKeys: { '000000': 'ssh-rsa AAAA mine', '000001': 'ssh-rsa BBBB other' },
    addresses: { privateIpv4: '10.0.0.5', publicIpv4: '203.0.113.5' }, rootDisk: '/dev/xvda',
  });
  equal(decodeUtf8(found!.userData!), '#cloud-config\nhostname: $private_ipv4\n');
  deepEqual(found!.complaints, ['malformed public key: "bad"']);
  equal(asked[0], 'PUT /latest/api/token');
});

test('an EC2 service without tokens is asked as version 1; the disk follows the type of the machine; user-data may be missing', async () => {
  const pages = Object.fromEntries(Object.entries({ ...EC2_PAGES, '/latest/meta-data/instance-type': 'm5.large' }).filter(([path]) => path !== '/latest/user-data'));
  const { found } = await ask(machine([{ address: LINK_LOCAL, pages }]).host, [EC2]);
  deepEqual([found?.metadata?.rootDisk, found?.userData], ['/dev/nvme0n1', undefined]);
  const other = await ask(machine([{ address: LINK_LOCAL, pages: { ...pages, '/latest/meta-data/instance-type': 'm7g.large' } }]).host, [EC2], { hasDevice: (path) => path === '/dev/nvme0n1' });
  equal(other.found?.metadata?.rootDisk, '/dev/nvme0n1');
});

test('Google wants its header; keys of the project count unless the machine blocks them', async () => {
  const values: Record<string, string> = {
    '': 'instance/\nproject/\n', 'instance/hostname': 'vm.c.project.internal', 'instance/network-interfaces/0/ip': '10.128.0.2',
    'instance/network-interfaces/0/access-configs/0/external-ip': '203.0.113.9', 'instance/attributes/ssh-keys': 'me:ssh-rsa AAAA me@x\nbad line\n',
    'project/attributes/ssh-keys': 'you:ssh-rsa BBBB you', 'instance/attributes/startup-script': '#!/bin/sh\n',
  };
  const pages: Pages = ({ head }) => (head.headers.get('metadata-flavor') === 'Google' ? (values[head.target.replace('/computeMetadata/v1/', '')] ?? 404) : 403);
  const { host } = machine([{ address: '192.0.2.3', pages }], '192.0.2.3 metadata.google.internal\n');
  const source = { name: 'gce', argument: 'http://metadata.google.internal' };
  const { found } = await ask(host, [source]);
  deepEqual(found?.metadata, { hostname: 'vm.c.project.internal', sshPublicKeys: { '000000': 'ssh-rsa AAAA me@x', '000001': 'ssh-rsa BBBB you' }, addresses: { privateIpv4: '10.128.0.2', publicIpv4: '203.0.113.9' } });
  equal(decodeUtf8(found!.userData!), '#!/bin/sh\n');
  values['instance/attributes/block-project-ssh-keys'] = 'TRUE';
  values['instance/attributes/user-data'] = '#cloud-config\n';
  const blocked = await ask(host, [source]);
  deepEqual([Object.keys(blocked.found!.metadata!.sshPublicKeys!).length, decodeUtf8(blocked.found!.userData!)], [1, '#cloud-config\n']);
});

test('DigitalOcean describes its network, which becomes static addresses', async () => {
  const document = {
    hostname: 'droplet', public_keys: ['ssh-rsa AAAA', 5],
    interfaces: {
      public: [{
        ipv4: { ip_address: '192.168.1.2', netmask: '255.255.255.0', gateway: '192.168.1.1' }, ipv6: { ip_address: 'fe00::', cidr: 126, gateway: 'fe00::1' },
        anchor_ipv4: { ip_address: '10.17.0.5', netmask: '255.255.0.0' },
      }],
      private: [{ ipv4: { ip_address: '10.132.0.2', netmask: '255.255.0.0', gateway: '10.132.0.1' } }],
    },
    dns: { nameservers: ['8.8.8.8'] },
  };
  const { host } = machine([{ address: LINK_LOCAL, pages: { '/metadata/v1.json': JSON.stringify(document), '/metadata/v1/user-data': '#!/bin/sh\n' } }]);
  const { found } = await ask(host, [{ name: 'digitalocean', argument: 'http://169.254.169.254/' }]);
  deepEqual(found?.network, {
    interfaces: {
      eth0: { dhcp: false, addresses: ['192.168.1.2/24', 'fe00::/126', '10.17.0.5/16'], gateway: '192.168.1.1', gateway_ipv6: 'fe00::1' },
      eth1: { dhcp: false, addresses: ['10.132.0.2/16'], gateway: '10.132.0.1' },
    },
    dns: { nameservers: ['8.8.8.8'] },
  });
  deepEqual(found?.metadata, { hostname: 'droplet', sshPublicKeys: { '000000': 'ssh-rsa AAAA' }, addresses: { publicIpv4: '192.168.1.2', publicIpv6: 'fe00::', privateIpv4: '10.132.0.2' } });
});

test('Azure wants its header, and gives user-data in base64', async () => {
  const document = {
    compute: { name: 'vm', publicKeys: [{ keyData: 'ssh-rsa AAAA', path: '/home/me' }] },
    network: { interface: [{ ipv4: { ipAddress: [{ privateIpAddress: '10.1.0.4', publicIpAddress: '203.0.113.4' }] } }] },
  };
  const pages: Pages = ({ head: { headers, target } }) => {
    if (headers.get('metadata') !== 'true') return 400;
    if (target === '/metadata/instance?api-version=2019-02-01') return JSON.stringify(document);
    return target === '/metadata/instance/compute/customData?api-version=2019-02-01&format=text' ? encodeBase64(encodeUtf8('#cloud-config\n')) : target.includes('userData') ? '' : 404;
  };
  const { found } = await ask(machine([{ address: LINK_LOCAL, pages }]).host, [{ name: 'azure', argument: 'http://169.254.169.254/metadata/' }]);
  deepEqual(found?.metadata, { hostname: 'vm', sshPublicKeys: { '000000': 'ssh-rsa AAAA' }, addresses: { privateIpv4: '10.1.0.4', publicIpv4: '203.0.113.4' } });
  equal(decodeUtf8(found!.userData!), '#cloud-config\n');
});

test('a machine of Packet has one bond of all its cards', async () => {
  const document = {
    hostname: 'metal', ssh_keys: ['ssh-rsa AAAA'],
    network: {
      interfaces: [{ name: 'eth0', mac: '0c:c4:7a:e5:42:86' }, { name: 'eth1', mac: '0c:c4:7a:e5:42:87' }],
      addresses: [
        { address_family: 4, public: true, cidr: 31, address: '147.75.0.3', gateway: '147.75.0.2' },
        { address_family: 6, public: true, cidr: 127, address: '2604::3', gateway: '2604::2' },
        { address_family: 4, public: false, cidr: 31, address: '10.99.0.3', gateway: '10.99.0.2' },
      ],
    },
  };
  const { host } = machine([{ address: '192.0.2.5', pages: { '/metadata': JSON.stringify(document), '/userdata': '#cloud-config\n' } }], '192.0.2.5 metadata.test\n');
  const { found } = await ask(host, [{ name: 'packet', argument: 'http://metadata.test/' }]);
  deepEqual(found?.network, {
    interfaces: {
      'mac=0c:c4:7a:e5:42:86': { bond: 'bond0' },
      'mac=0c:c4:7a:e5:42:87': { bond: 'bond0' },
      bond0: {
        addresses: ['147.75.0.3/31', '2604::3/127', '10.99.0.3/31'], bond_opts: { mode: '4', miimon: '100', lacp_rate: '1', updelay: '200', downdelay: '200', xmit_hash_policy: 'layer3+4' },
        gateway: '147.75.0.2', gateway_ipv6: '2604::2', post_up: ['ip route add 10.0.0.0/8 via 10.99.0.2'],
      },
    },
  });
});

test('OpenStack, CloudStack, Exoscale and Alibaba are read where their documentation says', async () => {
  const openstack = machine([{ address: LINK_LOCAL, pages: { '/openstack/latest/meta_data.json': '{"hostname": "os", "public_keys": {"k": "ssh-rsa AAAA"}}', '/openstack/latest/user_data': '#!/bin/sh\n' } }]);
  deepEqual((await ask(openstack.host, [{ name: 'openstack', argument: 'http://169.254.169.254/' }])).found?.metadata, { hostname: 'os', sshPublicKeys: { k: 'ssh-rsa AAAA' } });
  const list = { 'meta-data/': 'x', 'meta-data/local-hostname': 'cs', 'meta-data/public-keys': 'ssh-rsa AAAA\nssh-rsa BBBB\n', 'meta-data/local-ipv4': '10.1.1.2', 'user-data': '#cloud-config\n' };
  const below = (root: string): Record<string, string> => Object.fromEntries(Object.entries(list).map(([name, text]) => [`${root}${name}`, text]));
  const expected = { hostname: 'cs', sshPublicKeys: { '000000': 'ssh-rsa AAAA', '000001': 'ssh-rsa BBBB' }, addresses: { privateIpv4: '10.1.1.2' } };
  const cloudstack = machine([{ address: '10.1.1.1', pages: below('/latest/') }]);
  deepEqual((await ask(cloudstack.host, [{ name: 'cloudstack', argument: '' }], { routers: () => ['10.1.1.1'] })).found?.metadata, expected);
  const exoscale = machine([{ address: LINK_LOCAL, pages: below('/1.0/') }]);
  deepEqual((await ask(exoscale.host, [{ name: 'exoscale', argument: 'http://169.254.169.254/' }])).found?.metadata, expected);
  const aliyun = machine([{ address: '100.100.100.200', pages: { '/2016-01-01/meta-data/': 'x', '/2016-01-01/meta-data/hostname': 'ali', '/2016-01-01/meta-data/private-ipv4': '172.16.0.2' } }]);
  const { found } = await ask(aliyun.host, [{ name: 'aliyun', argument: 'http://100.100.100.200/' }]);
  deepEqual([found?.metadata?.hostname, found?.metadata?.addresses, found?.complaints], ['ali', { privateIpv4: '172.16.0.2' }, ['aliyun names no public key: nobody can log in with one']]);
});

test('url, cmdline and tftp bring user-data and nothing else; of several addresses among the kernel words the last counts', async () => {
  const { host } = machine([{ address: '192.0.2.1', pages: { '/a': 'A', '/b': 'B' } }], '192.0.2.1 h\n');
  equal(decodeUtf8((await ask(host, [{ name: 'url', argument: 'http://h/a' }])).found!.userData!), 'A');
  equal(decodeUtf8((await ask(host, [{ name: 'cmdline', argument: '' }], { kernelWords: ['cloud-config-url=http://h/a', 'cloud_config_url=http://h/b', 'cloud-config-url='] })).found!.userData!), 'B');
  const file = encodeUtf8('x'.repeat(512));
  host.sockets.datagramServers['192.0.2.1:69'] = (request) => {
    equal(decodeUtf8(request.subarray(2)), 'dir/file\0octet\0');
    return [{ bytes: Uint8Array.of(0, 3, 0, 1, ...file), from: { host: '192.0.2.1', port: 40_000 } }];
  };
  host.sockets.datagramServers['192.0.2.1:40000'] = (message) => (message[3] === 1 ? [{ bytes: Uint8Array.of(0, 3, 0, 2, 33), from: { host: '192.0.2.1', port: 40_000 } }] : []);
  equal(decodeUtf8((await ask(host, [{ name: 'tftp', argument: 'h/dir/file' }])).found!.userData!), `${'x'.repeat(512)}!`);
  host.sockets.datagramServers['192.0.2.1:69'] = () => [{ bytes: Uint8Array.of(0, 5, 0, 1, ...encodeUtf8('File not found'), 0), from: { host: '192.0.2.1', port: 40_000 } }];
  match((await ask(host, [{ name: 'tftp', argument: 'h/none' }])).remarks[0]!, /^tftp: the TFTP server answers: File not found \(1\)$/);
});

test('the first of the list that has something counts; one that is silent is not waited for', async () => {
  const { host } = machine([{ address: '192.0.2.1', pages: { '/a': 'A', '/b': 'B' } }], '192.0.2.1 h\n192.0.2.2 silent\n');
  host.sockets.listen({ host: '192.0.2.2', port: 80 }, () => undefined);
  const url = (argument: string): SourceName => ({ name: 'url', argument });
  equal(decodeUtf8((await ask(host, [url('http://h/a'), url('http://h/b')])).found!.userData!), 'A');
  equal(decodeUtf8((await ask(host, [url('http://h/none'), url('http://h/b')])).found!.userData!), 'B');
  const before = host.clock.monotonic();
  equal(decodeUtf8((await ask(host, [url('http://silent/'), url('http://h/b')])).found!.userData!), 'B');
  ok(host.clock.monotonic() - before <= 4000, String(host.clock.monotonic() - before));
});

test('with no network at all, asking ends at its deadline and says what it waited for', async () => {
  const host = new FakeHost();
  const before = host.clock.monotonic();
  const { found, remarks } = await ask(host, [{ name: 'url', argument: 'http://config.test/a' }, EC2]);
  equal(found, undefined);
  ok(host.clock.monotonic() - before <= 60_000, String(host.clock.monotonic() - before));
  match(remarks.join('\n'), /url: still trying: fetching http:\/\/config\.test\/a failed: config\.test cannot be resolved: no name server is known/);
  match(remarks.join('\n'), /ec2: /);
});

test('a service that answers nonsense harms nobody', async () => {
  const pages = { '/metadata/v1.json': '[1, {"hostname": {', '/latest/meta-data/': 'x', '/latest/meta-data/hostname': 'a\nb', '/latest/meta-data/public-keys/': '0=\n'.repeat(5000), '/latest/meta-data/public-keys/0/openssh-key': 'ssh-rsa A\nssh-rsa B' };
  const { host, asked } = machine([{ address: LINK_LOCAL, pages }]);
  const { found, remarks } = await ask(host, [{ name: 'digitalocean', argument: 'http://169.254.169.254/' }, EC2]);
  equal(found?.metadata?.hostname, 'a');
  match(remarks[0]!, /^digitalocean: /);
  ok(asked.length < 150, String(asked.length));
});
