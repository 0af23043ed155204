// User-data and metadata from the network: clouds, addresses, and what they may say that does no harm.

import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { QUIET } from '@drover/builder';
import { scenario } from '../../harness/scenario.ts';
import type { Scenario } from '../../harness/scenario.ts';
import { expectContains, expectEqual } from '../../harness/expect.ts';
import { eventually } from '../../eventually.ts';
import { runOnSerial, waitSerialShell } from '../../product/checks.ts';
import { BOOT_DEADLINE_MS, drover, STARTED } from '../../product/drover-setup.ts';

type Page = string | Buffer | ((request: IncomingMessage, response: ServerResponse) => void);

/** A web server on this machine, as long as the body runs. Pages may be changed meanwhile; what was asked for is kept. */
async function withWeb(pages: Record<string, Page>, body: (port: number, asked: string[]) => Promise<void>): Promise<void> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    const page = pages[request.url ?? ''];
    if (typeof page === 'function') page(request, response);
    else response.writeHead(page === undefined ? 404 : 200).end(page ?? 'no such page');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  try {
    await body((server.address() as AddressInfo).port, asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** As Amazon documents version 2 of its service: a token first, and nothing without it. */
function amazon(values: Record<string, Page>): Record<string, Page> {
  const guarded = Object.entries(values).map(([path, page]): [string, Page] => [path, (request, response) => {
    if (request.headers['x-aws-ec2-metadata-token'] !== 'TOKEN') response.writeHead(401).end();
    else if (typeof page === 'function') page(request, response);
    else response.end(page);
  }]);
  const token: Page = (request, response) => void response.writeHead(request.method === 'PUT' ? 200 : 405).end('TOKEN');
  return { '/latest/api/token': token, ...Object.fromEntries(guarded) };
}

const MIME = `Content-Type: multipart/mixed; boundary="==x=="
MIME-Version: 1.0

--==x==
Content-Type: text/cloud-config

#cloud-config
rancher:
  sysctl: {kernel.pid_max: 40002}
--==x==
Content-Type: text/x-shellscript

#!/bin/sh
echo script >>/run/scripts
--==x==
Content-Type: text/x-include-url

http://169.254.169.254/included
--==x==--
`;

export const cloudInit: readonly Scenario[] = [
  scenario('a machine that its firmware calls one of Amazon gets name, keys and user-data from the metadata service', {}, async (scene) => {
    const values: Record<string, Page> = {
      '/latest/meta-data/': 'hostname\n',
      '/latest/meta-data/hostname': 'from-amazon other.name',
      '/latest/meta-data/local-ipv4': '10.0.2.15',
      '/latest/meta-data/public-keys/': '0=mine',
      '/latest/meta-data/public-keys/0/openssh-key': `${scene.place.publicKey}\n`,
      '/latest/user-data': gzipSync(MIME),
      '/included': '#cloud-config\nwrite_files: [{path: /etc/included, content: "included\\n"}]\n',
    };
    const pages = { ...amazon(values), '/included': values['/included']! };
    await withWeb(pages, async (metadataPort, asked) => {
      const machine = await scene.boot(drover({ name: 'amazon', userData: false, network: { metadataPort }, firmwareNames: { manufacturer: 'Amazon EC2', product: 't3.micro' }, words: ['rancher.autologin=ttyS0'] }));
      expectEqual(await machine.ssh.ok('hostname; cat /proc/sys/kernel/pid_max'), 'from-amazon\n40002\n');
      expectEqual(asked[0], 'PUT /latest/api/token');
      await eventually('the console has done all that it was told to', 60_000, async () => (await machine.ssh.run('test -e /run/console-done')).code === 0);
      expectEqual(await machine.ssh.ok('cat /etc/included /run/scripts'), 'included\nscript\n');
    });
  }),

  scenario('a cloud-config from an address sets the log, a name and the network of the boot that fetches it', {}, async (scene) => {
    const config = `#cloud-config
hostname: from-url
ssh_authorized_keys: ["${scene.place.publicKey}"]
rancher:
  log: true
  network:
    interfaces:
      eth0: {address: 10.0.2.15/24, addresses: [10.0.2.77/24], gateway: 10.0.2.2}
    dns: {nameservers: [10.0.2.3], search: [from.url]}
`;
    const pages: Record<string, Page> = {
      '/moved': (_request, response) => void response.writeHead(302, { Location: '/config' }).end(),
      '/config': config,
    };
    await withWeb(pages, async (port, asked) => {
      const words = [`rancher.cloud_init.datasources=["url:http://10.0.2.2:${port}/moved"]`];
      const machine = await scene.boot(drover({ name: 'url', words }));
      expectEqual(await machine.ssh.ok('hostname; sudo ros config get rancher.log'), 'from-url\ntrue\n');
      expectEqual(asked.join(', '), 'GET /moved, GET /config');
      await eventually('the address of the user-data is there', 60_000, async () => (await machine.ssh.ok('ip addr show dev eth0')).includes('10.0.2.77/24'));
      expectContains(await machine.ssh.ok('cat /etc/resolv.conf'), 'search from.url');
      expectEqual(await machine.ssh.ok('ls /media/config-2 2>&1 | wc -l; sudo system-docker inspect -f "{{.State.ExitCode}}" cloud-init'), '1\n0\n');
    });
  }),

  scenario('a machine without a network card whose user-data is at an address boots, and says why it goes without', {}, async (scene) => {
    const words = [...QUIET, 'rancher.autologin=ttyS0', 'rancher.cloud_init.datasources=["url:http://config.test/a"]'];
    const machine = await scene.power(drover({ name: 'no-network', network: 'none', words }));
    await machine.serial.waitFor(STARTED, { deadlineMs: BOOT_DEADLINE_MS });
    await waitSerialShell(machine);
    const said = await runOnSerial(machine, 'sudo dmesg | grep cloud-init');
    for (const expected of ['asking url (http://config.test/a)', 'this machine has no network card', 'no datasource has anything']) expectContains(said, expected);
  }),
];
