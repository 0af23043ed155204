// Log drivers beside json-file: syslog on this machine and elsewhere, none.

import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { equal, match } from '@drover/testing';
import { eventually } from '../../eventually.ts';
import { expectEnd } from './expect.ts';
import type { NativeTest } from './native-test.ts';

const TCP_PORT = 5923;
const UDP_PORT = 5924;
const LIMIT_MS = 20_000;
/** busybox's, with a /dev of its own: the machine's is that of the developer. Each message is a line of a file. */
const SERVER = 'echo $$ >/tmp/syslog.pid; mount -t tmpfs tmpfs /dev; ln -s /tmp/log.socket /dev/log; rm -f /tmp/log.socket; exec busybox syslogd -n -S -O /tmp/syslog';
const END_SERVER = 'kill -9 $(cat /tmp/syslog.pid); rm -f /tmp/log.socket';
const ADDRESS = 'syslog-address=unix:///tmp/log.socket';

export const logDriverTests: readonly NativeTest[] = [
  {
    title: 'the log driver syslog sends each line to the syslog of the machine, loses none while that or the engine is away, and docker logs has them too',
    async run(machine) {
      const read = async (): Promise<string> => (await machine.run(['cat', '/tmp/syslog'])).stdout;
      expectEnd('no server there', await machine.docker('run', '--rm', '--log-driver', 'syslog', '--log-opt', 'syslog-address=unix:///tmp/none', machine.base, 'true'), { code: 127, stderr: /failed to initialize logging driver: connect \/tmp\/none: no such file or directory/ });
      const start = (): void => void machine.start(['unshare', '-m', 'sh', '-c', SERVER]);
      start();
      try {
        await eventually('the syslog server is there', LIMIT_MS, async () => (await machine.run(['test', '-S', '/tmp/log.socket'])).code === 0);
        await machine.ok('run', '-d', '--name', 'talker', '--log-driver', 'syslog', '--log-opt', ADDRESS, '--log-opt', 'tag={{.Name}}', machine.base, 'sh', '-c', 'echo out; echo err >&2; while [ ! -e /go ]; do sleep 0.1; done; echo while-away; while [ ! -e /end ]; do sleep 0.1; done; echo last');
        await eventually('the first lines have come', LIMIT_MS, async () => /talker\[\d+\]: out\n/.test(await read()) && /talker\[\d+\]: err\n/.test(await read()));
        match(await machine.ok('logs', 'talker'), /out/);
        await machine.endDaemon('SIGKILL');
        await machine.run(['sh', '-c', END_SERVER]);
        await machine.startDaemon();
        await machine.ok('exec', 'talker', 'touch', '/go');
        start();
        await eventually('the line of the time without a server has come', LIMIT_MS, async () => (await read()).includes('while-away'));
        await machine.ok('exec', 'talker', 'touch', '/end');
        equal(await machine.ok('wait', 'talker'), '0');
        await eventually('the last line has come', LIMIT_MS, async () => /: last\n/.test(await read()));
        for (const word of ['out', 'err', 'while-away', 'last']) equal((await read()).split(`: ${word}\n`).length, 2);
      } finally {
        await machine.run(['sh', '-c', END_SERVER]);
      }
    },
  },
  {
    title: 'the log driver syslog reaches servers by UDP and TCP, in the form that is asked for',
    async run(machine) {
      const heard: string[] = [];
      const udp = createSocket('udp4', (message) => heard.push(message.toString())).bind(UDP_PORT, '127.0.0.1');
      const tcp = createServer((client) => void client.on('data', (bytes) => heard.push(bytes.toString()))).listen(TCP_PORT, '127.0.0.1');
      try {
        await machine.ok('run', '--rm', '--log-driver', 'syslog', '--log-opt', `syslog-address=udp://127.0.0.1:${UDP_PORT}`, '--log-opt', 'syslog-format=rfc5424', '--log-opt', 'tag=a', machine.base, 'echo', 'by udp');
        await eventually('the message by UDP', LIMIT_MS, () => heard.some((text) => /^<30>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \S+ a \d+ a - by udp$/.test(text)));
        await machine.ok('run', '--rm', '--log-driver', 'syslog', '--log-opt', `syslog-address=tcp://127.0.0.1:${TCP_PORT}`, '--log-opt', 'syslog-facility=local3', '--log-opt', 'tag=b', machine.base, 'sh', '-c', 'echo by tcp >&2');
        await eventually('the message by TCP', LIMIT_MS, () => heard.some((text) => /^<155>\w{3} [ \d]\d \d\d:\d\d:\d\d \S+ b\[\d+\]: by tcp\n$/.test(text)));
      } finally {
        udp.close();
        tcp.close();
      }
    },
  },
];
