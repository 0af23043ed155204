// The TLS client against Node's server.

import { decodeUtf8, encodeUtf8 } from '@drover/core';
import type { Address, Connection, SystemHost, TlsOptions } from '@drover/host';
import { readAllText } from '@drover/host';
import { equal, match, ok, rejects, test } from '@drover/testing';
import { inFolder } from './test-folder.ts';
import { AUTHORITY, EXPIRED_CERTIFICATE, SERVER_KEY, VALID_CERTIFICATE } from './tls-fixture.ts';

/** Says back what it got, in capitals; "big" is answered with 2 MiB. Its first line on stdout is its port. */
const SERVER = `
const { readFileSync } = require('node:fs');
const [folder, version] = process.argv.slice(1);
const options = { key: readFileSync(folder + '/key'), cert: readFileSync(folder + '/cert'), minVersion: version, maxVersion: version };
const server = require('node:tls').createServer(options, (socket) => {
  socket.on('error', () => undefined);
  socket.on('data', (bytes) => (String(bytes) === 'big' ? socket.end('x'.repeat(2 << 20)) : socket.end(String(bytes).toUpperCase())));
});
server.on('tlsClientError', () => undefined);
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

interface Setup {
  readonly certificate?: string;
  readonly version?: 'TLSv1.2' | 'TLSv1.3';
}

async function withServer({ certificate = VALID_CERTIFICATE, version = 'TLSv1.3' }: Setup, check: (connect: (tls: Partial<TlsOptions>) => Promise<Connection>, host: SystemHost, address: { readonly port: number }) => Promise<void>): Promise<void> {
  await inFolder(async (host, folder) => {
    host.files.write(`${folder}/key`, SERVER_KEY);
    host.files.write(`${folder}/cert`, certificate);
    const server = host.processes.start(['node', '-e', SERVER, '--', folder, version], { stdout: 'pipe' });
    try {
      const address = { host: '127.0.0.1', port: Number(decodeUtf8((await server.stdout!.read())!)) };
      await check((tls) => host.sockets.connect(address, { timeoutMs: 10_000, tls: { serverName: 'registry.test', authorities: AUTHORITY, ...tls } }), host, address);
    } finally {
      server.kill('KILL');
      await server.wait();
    }
  });
}

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`${version}: text and megabytes come through`, () =>
    withServer({ version }, async (connect) => {
      const small = await connect({});
      await small.write(encodeUtf8('hello'));
      equal(await readAllText(small), 'HELLO');
      small.close();
      const big = await connect({});
      await big.write(encodeUtf8('big'));
      equal((await readAllText(big)).length, 2 << 20);
      big.close();
    }));
}

test('TLS: a certificate for another host is refused', () =>
  withServer({}, async (connect) => {
    const error = await rejects(() => connect({ serverName: 'other.test' }), 'ECERTIFICATE');
    match(error.message, /Common Name|CN|host/i);
  }));

test('TLS: an expired certificate is refused', () =>
  withServer({ certificate: EXPIRED_CERTIFICATE }, async (connect) => {
    const error = await rejects(() => connect({}), 'ECERTIFICATE');
    match(error.message, /expired/);
  }));

test('TLS: a certificate of an authority that is not trusted is refused, unless nobody asks', () =>
  withServer({ certificate: VALID_CERTIFICATE }, async (connect) => {
    // Trusts only the server's own certificate under another name: the authority is missing.
    await rejects(() => connect({ authorities: EXPIRED_CERTIFICATE }), 'ECERTIFICATE');
    await rejects(() => connect({ authorities: '-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n' }), 'ETLS');
  }));

async function withPlainServer(onConnection: (connection: Connection) => void, check: (host: SystemHost, address: Address) => Promise<void>): Promise<void> {
  await inFolder(async (host, folder) => {
    const address = { unix: `${folder}/socket` };
    const listener = host.sockets.listen(address, onConnection);
    try {
      await check(host, address);
    } finally {
      listener.close();
    }
  });
}

test('TLS: a server that speaks something else, hangs up or says nothing is an error in time', async () => {
  const tls = { serverName: 'registry.test', authorities: AUTHORITY };
  await withPlainServer((connection) => void connection.write(encodeUtf8('HTTP/1.1 400 Bad Request\r\n\r\n')), async ({ sockets }, address) => {
    await rejects(() => sockets.connect(address, { tls }), 'ETLS');
  });
  await withPlainServer((connection) => connection.close(), async ({ sockets }, address) => {
    const error = await rejects(() => sockets.connect(address, { tls }));
    ok(['ETLS', 'ECONNRESET', 'EPIPE'].includes((error as { code?: string }).code ?? ''), error.message);
  });
  await withPlainServer(() => undefined, async ({ sockets }, address) => {
    await rejects(() => sockets.connect(address, { tls, timeoutMs: 50 }), 'timeout');
  });
});

test('TLS: writing to a closed connection is EPIPE', () =>
  withServer({}, async (connect) => {
    const connection = await connect({});
    connection.close();
    await rejects(() => connection.write(encodeUtf8('x')), 'EPIPE');
  }));

/** Leads to a port of this machine: its number and a line end, answered by "ok". Its first line on stdout is its own port. */
const PROXY = `
const net = require('node:net');
net.createServer((socket) => {
  socket.on('error', () => undefined);
  socket.once('data', (bytes) => {
    const other = net.connect(Number(String(bytes)), '127.0.0.1', () => {
      socket.write('ok');
      socket.pipe(other).pipe(socket);
    });
  });
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });
`;

test('TLS begins after what is said to a proxy, and is with the server behind it', () =>
  withServer({}, async (_connect, { sockets, processes }, address) => {
    const proxy = processes.start(['node', '-e', PROXY], { stdout: 'pipe' });
    try {
      const port = Number(decodeUtf8((await proxy.stdout!.read())!));
      const connection = await sockets.connect({ host: '127.0.0.1', port }, {
        timeoutMs: 10_000,
        tls: { serverName: 'registry.test', authorities: AUTHORITY },
        async beforeTls(plain) {
          await plain.write(encodeUtf8(`${address.port}\n`));
          equal(decodeUtf8((await plain.read())!), 'ok');
        },
      });
      await connection.write(encodeUtf8('hello'));
      equal(await readAllText(connection), 'HELLO');
      connection.close();
    } finally {
      proxy.kill('KILL');
      await proxy.wait();
    }
  }));
