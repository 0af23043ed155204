// /exec/..., and the creation of an exec.

import type { ExecCreateBody, ExecInspect } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import { readExecPid } from '../exec/exec-process.ts';
import type { Exec } from '../exec/exec-store.ts';
import { createExec, requireStartable, runAttached, runDetached } from '../exec/run-exec.ts';
import type { Engine } from '../engine.ts';
import type { Handler, Routes } from './api-request.ts';
import { defineRoutes } from './api-request.ts';
import { EXEC_CREATE } from './body-shapes.ts';
import { checkShape } from './check-shape.ts';
import { readSize, streamType } from './container-streams.ts';

export const create: Handler = async (engine, request) => {
  const container = engine.containers.require(request.name);
  const body = (await request.readJson()) as ExecCreateBody;
  checkShape(body, EXEC_CREATE, 'ExecConfig');
  await request.send(201, { Id: createExec(engine, container, body).id });
};

const start: Handler = async (engine, request) => {
  const exec = engine.execs.require(request.name);
  const { Detach: detach } = (await request.readJson()) as { Detach?: boolean };
  const container = requireStartable(engine, exec);
  if (detach === true) {
    await runDetached(engine, exec, container);
    return request.exchange.respond(200);
  }
  const connection = await request.exchange.takeOver(streamType(exec.options.Tty === true, request.version));
  return runAttached(engine, exec, container, connection);
};

const resize: Handler = async (engine, request) => {
  const exec = engine.execs.require(request.name);
  const [rows, columns] = readSize(request);
  if (exec.status !== 'running') throw apiError('conflict', `exec process is not started`);
  exec.process?.resize?.(columns, rows);
  await request.exchange.respond(200);
};

const inspect: Handler = (engine, request) => request.send(200, renderExec(engine, engine.execs.require(request.name)));

function renderExec(engine: Engine, exec: Exec): ExecInspect {
  const { options } = exec;
  const [entrypoint = '', ...args] = options.Cmd ?? [];
  return {
    ID: exec.id,
    Running: exec.status === 'running',
    ExitCode: exec.exitCode ?? null,
    ProcessConfig: { tty: options.Tty === true, entrypoint, arguments: args, privileged: options.Privileged === true, ...(options.User && { user: options.User }) },
    OpenStdin: options.AttachStdin === true,
    OpenStderr: options.AttachStderr === true,
    OpenStdout: options.AttachStdout === true,
    CanRemove: false,
    ContainerID: exec.containerId,
    DetachKeys: options.DetachKeys ?? '',
    Pid: readExecPid(engine, exec),
  };
}

export const ROUTES: Routes = defineRoutes({
  'POST /exec/{name}/start': start,
  'POST /exec/{name}/resize': resize,
  'GET /exec/{name}/json': inspect,
});
