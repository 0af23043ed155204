// The routes of containers whose answers last: attach, logs, wait; and the terminal's size.

import { encodeUtf8, orCancelled } from '@drover/core';
import { encodeFrame, HttpHeaders } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import type { Container } from '../container/container.ts';
import { isAlive, refusalOf } from '../container/container-states.ts';
import type { Engine } from '../engine.ts';
import type { LogRequest } from '../logs/read-log.ts';
import { readLog } from '../logs/read-log.ts';
import { parseLogTime } from '../logs/log-lines.ts';
import { attachStream } from '../runtime/attach.ts';
import { resizeTerminal } from '../runtime/conmon.ts';
import { CancelSource } from '@drover/core';
import type { ApiRequest } from './api-request.ts';

export const RAW_STREAM = 'application/vnd.docker.raw-stream';
export const MULTIPLEXED_STREAM = 'application/vnd.docker.multiplexed-stream';

export function streamType(tty: boolean, version: number): string {
  return tty || version < 42 ? RAW_STREAM : MULTIPLEXED_STREAM;
}

export async function attach(engine: Engine, request: ApiRequest): Promise<void> {
  const { query, exchange } = request;
  const container = engine.containers.require(request.name);
  const refusal = refusalOf('attach', container.status, container.id, container.name);
  if (refusal !== undefined) throw refusal;
  const tty = container.record.config.Tty === true;
  const options = { stdin: query.isOn('stdin'), stdout: query.isOn('stdout'), stderr: query.isOn('stderr') };
  const past: LogRequest = { ...ALL_OUTPUT, stdout: options.stdout, stderr: options.stderr };
  const connection = await exchange.takeOver(streamType(tty, request.version));
  if (!query.isOn('stream') && !query.isOn('logs')) return connection.close();
  await attachStream(engine, container, options, connection, async (client) => {
    if (query.isOn('logs')) await readLog(engine, container, past, ({ stream, bytes }) => client.send(stream, bytes), new CancelSource());
    if (!query.isOn('stream')) client.end();
  });
}

const ALL_OUTPUT = { follow: false, tail: undefined, timestamps: false, since: undefined, until: undefined };

export async function logs(engine: Engine, request: ApiRequest): Promise<void> {
  const { query, exchange } = request;
  if (!query.isOn('stdout') && !query.isOn('stderr')) throw apiError('invalid-parameter', 'Bad parameters: you must choose at least one stream');
  const container = engine.containers.require(request.name);
  if (container.record.hostConfig.LogConfig?.Type === 'none') throw apiError('not-implemented', 'configured logging driver does not support reading');
  const wanted: LogRequest = {
    follow: query.isOn('follow'),
    tail: parseTail(query.get('tail')),
    timestamps: query.isOn('timestamps'),
    ...(query.isOn('details') && { details: renderLogDetails(container) }),
    stdout: query.isOn('stdout'),
    stderr: query.isOn('stderr'),
    since: parseTime('since', query.get('since')),
    until: parseTime('until', query.get('until')),
  };
  const tty = container.record.config.Tty === true;
  const cancel = exchange.whenClientLeaves();
  const sink = await exchange.startStream(200, HttpHeaders.of({ 'Content-Type': streamType(tty, request.version) }));
  await readLog(engine, container, wanted, ({ stream, bytes }) => sink.write(tty ? bytes : encodeFrame(stream, bytes)), cancel);
}

/** Labels and variables that the log options name: `a=b,c=d`. */
function renderLogDetails({ record }: Container): string {
  const { config, hostConfig } = record;
  const named = (option: string): string[] => (hostConfig.LogConfig?.Config?.[option] ?? '').split(',').filter((name) => name !== '');
  const variables = new Map(config.Env.map((entry) => [entry.split('=', 1)[0]!, entry.slice(entry.indexOf('=') + 1)]));
  const pairs = [...named('labels').map((name) => [name, config.Labels[name]]), ...named('env').map((name) => [name, variables.get(name)])];
  return pairs.filter(([, value]) => value !== undefined).map(([name, value]) => `${encodeURIComponent(name!)}=${encodeURIComponent(value!)}`).sort().join(',');
}

/** Undefined for all: also what is no number means that, as in moby. */
function parseTail(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function parseTime(name: string, text: string): string | undefined {
  if (text === '' || text === '0') return undefined;
  const time = parseLogTime(text);
  if (time === undefined) throw apiError('invalid-parameter', `invalid value for "${name}": ${text}`);
  return time;
}

const CONDITIONS = ['not-running', 'next-exit', 'removed'];

export async function wait(engine: Engine, request: ApiRequest): Promise<void> {
  const { exchange, query } = request;
  const condition = request.version < 30 ? 'not-running' : query.get('condition') || 'not-running';
  if (!CONDITIONS.includes(condition)) throw apiError('invalid-parameter', `invalid condition: "${condition}"`);
  const container = engine.containers.require(request.name);
  // Before anything is sent: the client may start the container as soon as it has the head of the answer.
  const reached = whenReached(container, condition);
  const headers = HttpHeaders.of({ 'Content-Type': 'application/json' });
  if (request.version < 30) {
    await orCancelled(reached, exchange.whenClientLeaves());
    return exchange.respond(200, headers, renderWaitResult(container));
  }
  const cancel = exchange.whenClientLeaves();
  const sink = await exchange.startStream(200, headers);
  await orCancelled(reached, cancel);
  return sink.write(encodeUtf8(renderWaitResult(container)));
}

function whenReached(container: Container, condition: string): Promise<void> {
  if (condition === 'removed') return container.removed.wait();
  if (condition === 'not-running' && !isAlive(container.status)) return Promise.resolve();
  return Promise.race([container.exited.wait(), container.removed.wait()]);
}

function renderWaitResult({ outcome }: Container): string {
  return `${JSON.stringify({ StatusCode: outcome.exitCode, ...(outcome.error !== '' && { Error: { Message: outcome.error } }) })}\n`;
}

export async function resize(engine: Engine, request: ApiRequest): Promise<void> {
  const container = engine.containers.require(request.name);
  const [rows, columns] = readSize(request);
  const refusal = refusalOf('resize', container.status, container.id, container.name);
  if (refusal !== undefined) throw refusal;
  resizeTerminal(engine, container.id, rows, columns);
  await request.exchange.respond(200);
}

/** conmon takes no larger ones. */
const LARGEST = 1000;

export function readSize(request: ApiRequest): readonly [rows: number, columns: number] {
  const [rows, columns] = [request.readNumber('h') ?? 0, request.readNumber('w') ?? 0];
  if (rows < 0 || columns < 0) throw apiError('invalid-parameter', 'a terminal has no negative size');
  return [Math.min(rows, LARGEST), Math.min(columns, LARGEST)];
}
