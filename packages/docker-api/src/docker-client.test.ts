import { CancelSource, encodeUtf8 } from '@drover/core';
import { FakeHost } from '@drover/host';
import { deepEqual, equal, rejects, test } from '@drover/testing';
import { DockerClient } from './docker-client.ts';
import { HttpHeaders } from './http/headers.ts';
import type { HttpExchange } from './http/server.ts';
import { serveConnection } from './http/server.ts';
import { encodeFrame } from './stdcopy.ts';

/** A client and an engine that answers by `METHOD target`; `asked` records what came. */
function engine(answers: Readonly<Record<string, (exchange: HttpExchange) => Promise<void>>>): { client: DockerClient; asked: string[] } {
  const host = new FakeHost();
  const asked: string[] = [];
  host.sockets.listen({ unix: '/sock' }, (connection) => {
    void serveConnection(
      connection,
      async (exchange) => {
        const line = `${exchange.head.method} ${exchange.head.target.replace('/v1.45', '')}`;
        const body = await exchange.readText(1000);
        asked.push(body === '' ? line : `${line} ${body}`);
        const answer = answers[line];
        await (answer === undefined ? exchange.respondJson(404, { message: 'page not found' }) : answer(exchange));
      },
      { headers: new HttpHeaders(), onError: (exchange) => exchange.respond(500) },
    );
  });
  return { client: new DockerClient(host, '/sock'), asked };
}

test('containers are created, started and stopped with the calls of the API', async () => {
  const { client, asked } = engine({
    'POST /containers/create?name=ntp': (exchange) => exchange.respondJson(201, { Id: 'abc', Warnings: [] }),
    'POST /containers/ntp/start': (exchange) => exchange.respond(204),
    'POST /containers/ntp/stop?t=2': (exchange) => exchange.respond(304),
  });
  equal((await client.createContainer('ntp', { Image: 'os-ntp' })).Id, 'abc');
  equal(await client.startContainer('ntp'), true);
  equal(await client.stopContainer('ntp', { graceSeconds: 2 }), false);
  deepEqual(asked, ['POST /containers/create?name=ntp {"Image":"os-ntp"}', 'POST /containers/ntp/start', 'POST /containers/ntp/stop?t=2']);
});

test('what is absent is undefined, what fails has the code of its status and the message of the engine', async () => {
  const { client } = engine({
    'DELETE /containers/x': (exchange) => exchange.respondJson(409, { message: 'it is running' }),
    'POST /containers/x/rename?name=y': (exchange) => exchange.respond(500, undefined, 'plain text'),
  });
  equal(await client.inspectContainer('none'), undefined);
  equal(await client.inspectImage('drover/none:1'), undefined);
  equal((await rejects(() => client.removeContainer('x'), 'docker-conflict')).message, 'it is running');
  equal((await rejects(() => client.renameContainer('x', 'y'), 'docker-failed')).message, 'plain text');
});

test('nobody listening is the error of the kernel', async () => {
  await rejects(() => new DockerClient(new FakeHost(), '/sock').ping(), 'ENOENT');
});

test('a command in a container gives its output and its exit code', async () => {
  const { client, asked } = engine({
    'POST /containers/console/exec': (exchange) => exchange.respondJson(201, { Id: 'e1' }),
    'POST /exec/e1/start': async (exchange) => {
      const raw = await exchange.takeOver('application/vnd.docker.multiplexed-stream');
      await raw.write(encodeFrame('stdout', encodeUtf8('hi')));
      raw.close();
    },
    'GET /exec/e1/json': (exchange) => exchange.respondJson(200, { ExitCode: 3 }),
  });
  const output: string[] = [];
  const { exitCode } = await client.exec('console', ['true'], (frame) => output.push(`${frame.stream} ${frame.bytes.length}`), { User: 'rancher' });
  equal(exitCode, 3);
  deepEqual(output, ['stdout 2']);
  equal(asked[0], 'POST /containers/console/exec {"AttachStdout":true,"AttachStderr":true,"User":"rancher","Cmd":["true"]}');
});

test('waiting ends when it is cancelled', async () => {
  const { client } = engine({ 'POST /containers/x/wait?condition=next-exit': (exchange) => exchange.startStream(200).then(() => new Promise(() => undefined)) });
  const cancel = new CancelSource();
  const waiting = client.waitContainer('x', 'next-exit', { cancel });
  for (let i = 0; i < 100; i += 1) await Promise.resolve();
  cancel.cancel();
  await rejects(() => waiting, 'cancelled');
});
