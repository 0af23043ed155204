import { CancelSource, decodeUtf8, encodeUtf8 } from '@drover/core';
import type { Connection } from '../host.ts';
import { readAllText } from '../streams.ts';
import { equal, ok, rejects } from '@drover/testing';
import type { Behaviour } from './behaviour.ts';
import { until } from './behaviour.ts';

/** Sends back what it gets, in capitals, until the other side has said all. */
async function shout(connection: Connection): Promise<void> {
  for (let bytes = await connection.read(); bytes !== undefined; bytes = await connection.read()) {
    await connection.write(encodeUtf8(decodeUtf8(bytes).toUpperCase()));
  }
  await connection.write(encodeUtf8('!'));
  connection.closeWrite();
}

export const socketBehaviours: readonly Behaviour[] = [
  {
    title: 'a unix socket carries both ways, and one way may end before the other',
    async check({ sockets, files }, folder) {
      const address = { unix: `${folder}/socket` };
      const listener = sockets.listen(address, (connection) => void shout(connection), { mode: 0o660 });
      equal(files.stat(address.unix)?.type, 'socket');
      equal(files.stat(address.unix)?.mode, 0o660);
      const connection = await sockets.connect(address);
      await connection.write(encodeUtf8('hello'));
      connection.closeWrite();
      equal(await readAllText(connection), 'HELLO!');
      connection.close();
      listener.close();
    },
  },
  {
    title: 'a stale socket file does not stop a listener, and a closed listener leaves none',
    async check(host, folder) {
      const address = { unix: `${folder}/socket` };
      host.files.write(address.unix, '');
      const listener = host.sockets.listen(address, (connection) => connection.close());
      (await host.sockets.connect(address)).close();
      listener.close();
      equal(host.files.exists(address.unix), false);
    },
  },
  {
    title: 'a TCP listener on port 0 takes a free one',
    async check(host) {
      const listener = host.sockets.listen({ host: '127.0.0.1', port: 0 }, (connection) => void shout(connection));
      await until(host, () => listener.port > 0);
      ok(listener.port > 0);
      const connection = await host.sockets.connect({ host: '127.0.0.1', port: listener.port });
      await connection.write(encodeUtf8('over tcp'));
      connection.closeWrite();
      equal(await readAllText(connection), 'OVER TCP!');
      connection.close();
      listener.close();
    },
  },
  {
    title: 'connecting to nobody is an error with the kernel\'s code',
    async check({ sockets }, folder) {
      await rejects(() => sockets.connect({ unix: `${folder}/none` }), 'ENOENT');
      await rejects(() => sockets.connect({ host: '127.0.0.1', port: 1 }), 'ECONNREFUSED');
    },
  },
  {
    title: 'a cancelled connect ends with the reason',
    async check({ sockets }) {
      const cancel = new CancelSource();
      cancel.cancel();
      await rejects(() => sockets.connect({ host: '127.0.0.1', port: 1 }, { cancel }), 'cancelled');
    },
  },
  {
    title: 'much data goes through unharmed',
    async check({ sockets, ...host }, folder) {
      const data = new Uint8Array(3 << 20).map((_, i) => i * 7);
      const listener = sockets.listen({ unix: `${folder}/socket` }, (connection) => void connection.write(data).then(() => connection.closeWrite()));
      const connection = await sockets.connect({ unix: `${folder}/socket` });
      const got = new Uint8Array(data.length);
      let at = 0;
      for (let bytes = await connection.read(); bytes !== undefined; bytes = await connection.read()) {
        got.set(bytes, at);
        at += bytes.length;
      }
      equal(at, data.length);
      equal(host.sha256(got).join(), host.sha256(data).join());
      connection.close();
      listener.close();
    },
  },
  {
    title: 'datagrams arrive whole, with where they came from, and a closed socket ends who waits for one',
    async check({ sockets }) {
      const [left, right] = [await sockets.openDatagrams({ host: '127.0.0.1', port: 0 }), await sockets.openDatagrams({ host: '127.0.0.1', port: 0 })];
      await left.send(encodeUtf8('one'), { host: '127.0.0.1', port: right.port });
      await left.send(encodeUtf8('two'), { host: '127.0.0.1', port: right.port });
      const first = await right.receive();
      equal(decodeUtf8(first!.bytes), 'one');
      equal(first!.from.port, left.port);
      equal(decodeUtf8((await right.receive())!.bytes), 'two');
      const waiting = right.receive();
      right.close();
      equal(await waiting, undefined);
      left.close();
    },
  },
];
