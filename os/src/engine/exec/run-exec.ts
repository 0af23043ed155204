// `docker exec`: a command in a running container, its streams connected to the client.

import { codeOf, encodeHex, encodeUtf8, messageOf } from '@drover/core';
import type { Connection } from '@drover/host';
import type { ExecCreateBody } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import type { Container } from '../container/container.ts';
import { refusalOf } from '../container/container-states.ts';
import type { Engine } from '../engine.ts';
import { explainStartFailure, findProgramPlace, renderExecFailure } from '../runtime/start-failure.ts';
import type { StartFailure } from '../runtime/start-failure.ts';
import type { OutputClient } from '../runtime/stream-client.ts';
import { StreamClient } from '../runtime/stream-client.ts';
import { readUser } from '../spec/gather-spec.ts';
import { renderEnv, renderProcess } from '../spec/render-spec.ts';
import { overlayFolders } from '../storage/overlay.ts';
import { execFiles, hasBegun, readNotes, startProcess } from './exec-process.ts';
import type { Exec } from './exec-store.ts';

/** What an exec that could not be started ends with. */
const EXIT_NOT_STARTED = 126;

/** Throws the refusals of the state table. */
export function createExec(engine: Engine, container: Container, options: ExecCreateBody): Exec {
  const refusal = refusalOf('exec', container.status, container.id, container.name);
  if (refusal !== undefined) throw refusal;
  if ((options.Cmd ?? []).length === 0) throw apiError('invalid-parameter', 'No exec command specified');
  const exec = engine.execs.add(encodeHex(engine.host.random(32)), container.id, options);
  publish(engine, exec, container, `exec_create: ${(options.Cmd ?? []).join(' ')}`);
  return exec;
}

function publish(engine: Engine, exec: Exec, container: Container, action: string, more: Readonly<Record<string, string>> = {}): void {
  engine.events.publishContainer(action, container, { execID: exec.id, ...more });
}

/** Its container, when it can be started now. */
export function requireStartable(engine: Engine, exec: Exec): Container {
  const container = engine.containers.get(exec.containerId);
  if (container === undefined) throw apiError('not-found', `No such container: ${exec.containerId}`);
  if (exec.status === 'ended') throw apiError('conflict', `exec command ${exec.id} has already run`);
  if (exec.status === 'running') throw apiError('conflict', `exec command ${exec.id} is already running`);
  const refusal = refusalOf('exec', container.status, container.id, container.name);
  if (refusal !== undefined) throw refusal;
  return container;
}

/** Resolves when it has ended and the client has its output: the connection is closed then. Docker prints why it could not start where the output would be. */
export async function runAttached(engine: Engine, exec: Exec, container: Container, connection: Connection): Promise<void> {
  const client = new StreamClient(connection, exec.options.Tty === true);
  const failure = await run(engine, exec, container, client);
  if (failure !== undefined) await client.send('stdout', encodeUtf8(`${explainFailure(failure)}\r\n`));
  client.end();
  await client.finished;
}

/** What the engine found wrong itself is told as it is. */
interface ExecFailure extends StartFailure {
  readonly isOurs?: boolean;
}

function explainFailure({ message, isOurs }: ExecFailure): string {
  return isOurs === true ? message : renderExecFailure(message);
}

const BEGIN_STEP_MS = 5;
const BEGIN_LIMIT_MS = 2000;

/** Resolves when it runs. Throws when it could not be started. */
export async function runDetached(engine: Engine, exec: Exec, container: Container): Promise<void> {
  let failure: ExecFailure | undefined;
  const running = run(engine, exec, container, undefined).then((result) => void (failure = result));
  for (let waitedMs = 0; waitedMs < BEGIN_LIMIT_MS && exec.status === 'running' && !hasBegun(engine, exec); waitedMs += BEGIN_STEP_MS) await engine.host.clock.sleep(BEGIN_STEP_MS);
  engine.log.background('running an exec', running, { container: container.id });
  if (failure !== undefined) throw apiError(failure.isUsersMistake ? 'invalid-parameter' : 'system', explainFailure(failure));
}

/** For the engine's own ends. Resolves when it has ended and `client` has its output; to why it could not be started, if so. */
export async function runForOutput(engine: Engine, exec: Exec, container: Container, client: OutputClient): Promise<string | undefined> {
  const failure = await run(engine, exec, container, client);
  return failure === undefined ? undefined : explainFailure(failure);
}

async function run(engine: Engine, exec: Exec, container: Container, client: OutputClient | undefined): Promise<ExecFailure | undefined> {
  const files = execFiles(engine, exec);
  exec.status = 'running';
  container.execIds.add(exec.id);
  publish(engine, exec, container, `exec_start: ${(exec.options.Cmd ?? []).join(' ')}`);
  let exitCode = EXIT_NOT_STARTED;
  try {
    engine.host.files.replace(files.spec, JSON.stringify(planProcess(engine, exec, container)), { mode: 0o600 });
    const exit = await startProcess(engine, exec, client);
    const notes = readNotes(engine, exec);
    const failure = findFailure(engine, exec, container, notes, exit.code);
    if (failure === undefined) for (const text of notes) await client?.send('stdout', encodeUtf8(text.replace(/\r$/, '\r\n'))); // crun drops the last line end
    exitCode = failure === undefined ? exit.code : failure.exitCode === 127 ? 127 : EXIT_NOT_STARTED;
    return failure;
  } catch (error) {
    if (codeOf(error) !== 'invalid-parameter') throw error;
    return { exitCode, isUsersMistake: true, message: messageOf(error), isOurs: true };
  } finally {
    engine.execs.noteEnd(exec, exitCode);
    container.execIds.delete(exec.id);
    for (const path of [files.spec, files.pid, files.log]) engine.host.files.remove(path);
    publish(engine, exec, container, 'exec_die', { exitCode: String(exitCode) });
  }
}

function findFailure(engine: Engine, exec: Exec, container: Container, notes: readonly string[], exitCode: number): StartFailure | undefined {
  if (notes.length === 0 || exitCode === 0) return undefined;
  const program = exec.options.Cmd?.[0] ?? '';
  const failure = explainStartFailure(notes.join('\n'), program, findProgramPlace(engine.host.files, overlayFolders(engine.paths, container.id).merged, program));
  const isOutput = exec.options.Tty === true && (!failure.isUsersMistake || notes.some((text) => text.includes('\r')));
  return isOutput ? undefined : failure;
}

function planProcess(engine: Engine, exec: Exec, container: Container): object {
  const { config, hostConfig } = container.record;
  const { options } = exec;
  return renderProcess({
    command: options.Cmd ?? [],
    terminal: options.Tty === true,
    privileged: options.Privileged === true || hostConfig.Privileged === true,
    env: renderEnv([...config.Env, ...(options.Env ?? [])], config.Hostname ?? '', options.Tty === true),
    cwd: options.WorkingDir || config.WorkingDir || '',
    user: readUser(engine, overlayFolders(engine.paths, container.id).merged, options.User || config.User || '', hostConfig.GroupAdd ?? []),
    hostConfig,
    ownCapabilities: engine.capabilities,
  });
}
