// run and exec: a command in a container, with its input, its output and its exit code.

import { RosError } from '@drover/core';
import type { ContainerCreateBody } from '@drover/docker-api';
import type { Project } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import type { Observed } from '../observe/observe.ts';
import { imageOf } from '../observe/observe.ts';
import { networksOf } from '../plan/attachments.ts';
import { containerLabels } from '../plan/container-labels.ts';
import { createBody } from '../plan/create-body.ts';
import { planUp } from '../plan/plan-up.ts';
import { selectServices } from '../plan/select-services.ts';
import { attachStreams } from './attach-streams.ts';
import type { Flags } from './flags.ts';
import { parsePairs } from './flags.ts';
import { containersOf, pick } from './list-verbs.ts';
import type { Session } from './session.ts';
import { randomSuffix } from './show-verbs.ts';
import type { Verb } from './verb.ts';
import { flag, value, values } from './verb.ts';

const exec: Verb = {
  help: 'Run a command in a running container',
  usage: 'SERVICE COMMAND [ARGUMENT...]',
  passesOn: true,
  flags: [
    flag('--detach', 'Do not wait for it', '-d'), flag('--no-TTY', 'Without a terminal', '-T'), values('--env', 'NAME=value', '-e'), value('--user', 'Who runs it', '-u'), value('--workdir', 'Where', '-w'),
    flag('--privileged', 'With all rights'), value('--index', 'Which container of the service'), flag('--interactive', 'With input; false: without', '-i'),
  ],
  run: async (session, flags, [service, ...command]) => {
    if (service === undefined || command.length === 0) throw new RosError('usage', 'exec takes SERVICE COMMAND');
    const container = pick(await containersOf(session, [service]), service, flags.number('--index'));
    const user = flags.value('--user');
    const workdir = flags.value('--workdir');
    const client = await session.client();
    const detached = flags.has('--detach');
    const tty = hasTerminal(session, flags);
    const stdin = hasInput(session, flags);
    const id = await client.createExec(container.id, {
      ...(!detached && { AttachStdin: stdin, AttachStdout: true, AttachStderr: true }), Tty: tty, ...(tty && { ConsoleSize: consoleSize(session) }), Env: flags.values('--env'), Privileged: flags.has('--privileged'),
      ...(user !== undefined && { User: user }), ...(workdir !== undefined && { WorkingDir: workdir }), Cmd: command,
    });
    if (detached) {
      await client.startDetachedExec(id);
      return 0;
    }
    const connection = await client.startExec(id, { timeoutMs: 0, cancel: session.cancel, tty });
    await attachStreams(session, connection, { raw: tty, stdin, resize: (size) => client.resizeExec(id, size) });
    return (await client.inspectExec(id)).ExitCode ?? 1;
  },
};

/** The command gets a terminal, because there is one here. */
function hasTerminal(session: Session, flags: Flags): boolean {
  return session.io.interactive !== undefined && !flags.has('--no-TTY') && !flags.has('--detach');
}

/** Told before the start: a program may ask at once. Older engines take it from the first resize. */
function consoleSize({ io }: Session): readonly [number, number] {
  const { rows, columns } = io.interactive?.size() ?? { rows: 24, columns: 80 };
  return [rows, columns];
}

function hasInput(session: Session, flags: Flags): boolean {
  return session.io.openInput !== undefined && flags.value('--interactive') !== 'false' && !flags.has('--detach');
}

const run: Verb = {
  help: 'Run a command in a container of its own',
  usage: 'SERVICE [COMMAND] [ARGUMENT...]',
  passesOn: true,
  flags: [
    flag('--rm', 'Remove it when it has ended'), flag('--detach', 'Do not wait for it', '-d'), flag('--no-deps', 'Leave out dependencies'), flag('--no-TTY', 'Without a terminal', '-T'), value('--name', 'Its name'), values('--env', 'NAME=value', '-e'),
    value('--user', 'Who runs it', '-u'), value('--workdir', 'Where', '-w'), value('--entrypoint', 'In place of its own'), values('--label', 'NAME=value', '-l'), values('--volume', 'SOURCE:TARGET', '-v'), values('--publish', 'HOST:PORT', '-p'),
    flag('--service-ports', 'With the ports of the service', '-P'), flag('--use-aliases', 'With its names on networks'), flag('--interactive', 'With input; false: without', '-i'), flag('--build', 'Build the image before'), flag('--quiet-pull', 'Accepted'), flag('--remove-orphans', 'Accepted'),
  ],
  run: async (session, flags, [name, ...command]) => {
    if (name === undefined) throw new RosError('usage', 'run takes SERVICE [COMMAND]');
    const project = await session.load();
    selectServices(project, [name], false);
    const dependencies = Object.keys(project.services[name]?.depends_on ?? {});
    const hashOf = session.hashOf();
    // What it needs is there and runs before it does; of itself only the image, the networks and the volumes.
    const prepare = planUp(project, await session.observe(project), hashOf, { services: [name], scale: { [name]: 0 }, noDependencies: flags.has('--no-deps') || dependencies.length === 0, recreate: 'never', separator: session.separator, ...(flags.has('--build') && { build: 'always' }) });
    await session.apply(prepare.filter((step) => !(step.action.do === 'remove' || step.action.do === 'stop')));
    return runOnce(session, flags, project, name, await session.observe(project), command);
  },
};

async function runOnce(session: Session, flags: Flags, project: Project, name: string, observed: Observed, command: readonly string[]): Promise<number> {
  const client = await session.client();
  const service = changedService(project.services[name]!, flags, command, hasTerminal(session, flags));
  const containerName = flags.value('--name') ?? `${project.name}${session.separator}${name}${session.separator}run${session.separator}${randomSuffix(session.io.host)}`;
  const image = imageOf(project, name, service.image, session.separator);
  const labels = { ...containerLabels(project, name, service, { number: 1, oneOff: true, hash: session.hashOf()(service), imageId: observed.images.get(image) ?? '' }), ...parsePairs(flags.values('--label')) };
  const input = {
    project, name, service, image, labels, containerName, inherited: new Map<string, string>(),
    containersOf: (other: string) => observed.containers.filter((one) => one.service === other && !one.oneOff).map((one) => one.name),
  };
  const stdin = hasInput(session, flags);
  const made = createBody(input);
  const host = { ...made.HostConfig, ...(hasTerminal(session, flags) && { ConsoleSize: consoleSize(session) }) };
  const body = { ...made, HostConfig: host, ...(stdin && { AttachStdin: true, OpenStdin: true, StdinOnce: true }) };
  const { Id } = await client.createContainer(containerName, withBinds(body, flags.values('--volume')));
  for (const { name: network, endpoint } of networksOf(input).slice(1)) await client.connectNetwork(network, Id, endpoint);
  if (flags.has('--detach')) {
    await client.startContainer(Id);
    session.io.out(`${Id}\n`);
    return 0;
  }
  const connection = await client.attachContainer(Id, { timeoutMs: 0, cancel: session.cancel, stdin });
  await client.startContainer(Id);
  await attachStreams(session, connection, { raw: body.Tty === true, stdin, resize: (size) => client.resizeContainer(Id, size) });
  const { StatusCode } = await client.waitContainer(Id, 'not-running', { cancel: session.cancel });
  if (flags.has('--rm')) await client.removeContainer(Id, { force: true, volumes: true });
  return StatusCode;
}

/** The service as `run` has it: without ports, restarts and a name of its own, with what the flags say. */
function changedService(service: Service, flags: Flags, command: readonly string[], terminal: boolean): Service {
  const { container_name: _, ports, restart: __, ...rest } = service;
  const user = flags.value('--user');
  const workdir = flags.value('--workdir');
  const entrypoint = flags.value('--entrypoint');
  return {
    ...rest,
    restart: 'no',
    ...(flags.has('--service-ports') && ports !== undefined && { ports }),
    ...(command.length > 0 && { command }),
    ...(entrypoint !== undefined && { entrypoint: entrypoint === '' ? [] : [entrypoint] }),
    ...(user !== undefined && { user }),
    ...(workdir !== undefined && { working_dir: workdir }),
    ...(terminal ? { tty: true } : flags.has('--no-TTY') && { tty: false }),
    environment: { ...service.environment, ...parsePairs(flags.values('--env')) },
  };
}

function withBinds(body: ContainerCreateBody, binds: readonly string[]): ContainerCreateBody {
  return binds.length === 0 ? body : { ...body, HostConfig: { ...body.HostConfig, Binds: [...(body.HostConfig?.Binds ?? []), ...binds] } };
}

export const RUN_VERBS: Readonly<Record<string, Verb>> = { exec, run };
