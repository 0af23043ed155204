// run and exec: a command in a container, with its output and its exit code; and images: pull, push, build.

import { decodeUtf8, RosError } from '@drover/core';
import type { ContainerCreateBody, StreamFrame } from '@drover/docker-api';
import { readFrames } from '@drover/docker-api';
import type { Connection } from '@drover/host';
import type { Project, Service } from '../model/project.ts';
import type { Observed } from '../observe/observe.ts';
import { imageOf } from '../observe/observe.ts';
import { containerLabels } from '../plan/container-labels.ts';
import { networksOf } from '../plan/attachments.ts';
import { createBody } from '../plan/create-body.ts';
import { planImages } from '../plan/plan-resources.ts';
import { planUp } from '../plan/plan-up.ts';
import { selectServices } from '../plan/select-services.ts';
import { PlanBuilder } from '../plan/step.ts';
import type { Flags } from './flags.ts';
import type { Session } from './session.ts';
import { pick, randomSuffix } from './show-verbs.ts';
import type { Verb } from './verb.ts';
import { flag, value, values } from './verb.ts';

const exec: Verb = {
  help: 'Run a command in a running container',
  usage: 'SERVICE COMMAND [ARGUMENT...]',
  passesOn: true,
  flags: [
    flag('--detach', 'Do not wait for it', '-d'), flag('--no-TTY', 'Without a terminal', '-T'), values('--env', 'NAME=value', '-e'), value('--user', 'Who runs it', '-u'), value('--workdir', 'Where', '-w'),
    flag('--privileged', 'With all rights'), value('--index', 'Which container of the service'), flag('--interactive', 'Accepted', '-i'),
  ],
  run: async (session, flags, [service, ...command]) => {
    if (service === undefined || command.length === 0) throw new RosError('usage', 'exec takes SERVICE COMMAND');
    const project = await session.load();
    selectServices(project, [service], false);
    const { containers } = await session.observe(project);
    const container = pick(containers.filter((one) => one.service === service && !one.oneOff), service, flags.number('--index'));
    const user = flags.value('--user');
    const workdir = flags.value('--workdir');
    const { exitCode } = await (await session.client()).exec(container.id, command, (frame) => printFrame(session, frame), {
      timeoutMs: 0, cancel: session.cancel, Env: flags.values('--env'), Privileged: flags.has('--privileged'), ...(user !== undefined && { User: user }), ...(workdir !== undefined && { WorkingDir: workdir }),
    });
    return exitCode;
  },
};

function printFrame(session: Session, { stream, bytes }: StreamFrame): void {
  (stream === 'stderr' ? session.io.err : session.io.out)(decodeUtf8(bytes));
}

const run: Verb = {
  help: 'Run a command in a container of its own',
  usage: 'SERVICE [COMMAND] [ARGUMENT...]',
  passesOn: true,
  flags: [
    flag('--rm', 'Remove it when it has ended'), flag('--detach', 'Do not wait for it', '-d'), flag('--no-deps', 'Leave out dependencies'), flag('--no-TTY', 'Without a terminal', '-T'), value('--name', 'Its name'), values('--env', 'NAME=value', '-e'),
    value('--user', 'Who runs it', '-u'), value('--workdir', 'Where', '-w'), value('--entrypoint', 'In place of its own'), values('--label', 'NAME=value', '-l'), values('--volume', 'SOURCE:TARGET', '-v'), values('--publish', 'HOST:PORT', '-p'),
    flag('--service-ports', 'With the ports of the service', '-P'), flag('--use-aliases', 'With its names on networks'), flag('--interactive', 'Accepted', '-i'), flag('--build', 'Build the image before'), flag('--quiet-pull', 'Accepted'), flag('--remove-orphans', 'Accepted'),
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
  const service = changedService(project.services[name]!, flags, command);
  const containerName = flags.value('--name') ?? `${project.name}${session.separator}${name}${session.separator}run${session.separator}${randomSuffix(session.io.host)}`;
  const image = imageOf(project, name, service.image, session.separator);
  const labels = { ...containerLabels(project, name, service, { number: 1, oneOff: true, hash: session.hashOf()(service), imageId: observed.images.get(image) ?? '' }), ...pairs(flags.values('--label')) };
  const input = {
    project, name, service, image, labels, containerName, inherited: new Map<string, string>(),
    containersOf: (other: string) => observed.containers.filter((one) => one.service === other && !one.oneOff).map((one) => one.name),
  };
  const body = createBody(input);
  const { Id } = await client.createContainer(containerName, withBinds(body, flags.values('--volume')));
  for (const { name: network, endpoint } of networksOf(input).slice(1)) await client.connectNetwork(network, Id, endpoint);
  if (flags.has('--detach')) {
    await client.startContainer(Id);
    session.io.out(`${Id}\n`);
    return 0;
  }
  const connection = await client.attachContainer(Id, { timeoutMs: 0, cancel: session.cancel });
  await client.startContainer(Id);
  await printConnection(session, connection, body.Tty === true);
  const { StatusCode } = await client.waitContainer(Id, 'not-running', { cancel: session.cancel });
  if (flags.has('--rm')) await client.removeContainer(Id, { force: true, volumes: true });
  return StatusCode;
}

async function printConnection(session: Session, connection: Connection, raw: boolean): Promise<void> {
  try {
    if (raw) for (let bytes = await connection.read(); bytes !== undefined; bytes = await connection.read()) session.io.out(decodeUtf8(bytes));
    else for await (const frame of readFrames(connection)) printFrame(session, frame);
  } finally {
    connection.close();
  }
}

/** The service as `run` has it: without ports, restarts and a name of its own, with what the flags say. */
function changedService(service: Service, flags: Flags, command: readonly string[]): Service {
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
    ...(flags.has('--no-TTY') && { tty: false }),
    environment: { ...service.environment, ...pairs(flags.values('--env')) },
  };
}

function pairs(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(lines.map((line) => (line.includes('=') ? [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] : [line, ''])));
}

function withBinds(body: ContainerCreateBody, binds: readonly string[]): ContainerCreateBody {
  return binds.length === 0 ? body : { ...body, HostConfig: { ...body.HostConfig, Binds: [...(body.HostConfig?.Binds ?? []), ...binds] } };
}

// ---- images

const pull: Verb = {
  help: 'Pull images',
  usage: '[SERVICE...]',
  flags: [flag('--quiet', 'Accepted', '-q'), flag('--ignore-pull-failures', 'Go on with the others'), flag('--include-deps', 'Those of dependencies, too'), flag('--ignore-buildable', 'Not those that are built')],
  run: async (session, flags, services) => {
    const project = await session.load();
    const names = selectServices(project, services, flags.has('--include-deps'));
    const images = new Set(names.flatMap((name) => (project.services[name]!.image === undefined || project.services[name]!.build !== undefined ? [] : [project.services[name]!.image])));
    const builder = new PlanBuilder();
    for (const image of images) builder.add({ do: 'pull', name: image }, 'it was asked for');
    try {
      await session.apply(builder.steps);
    } catch (error) {
      if (!flags.has('--ignore-pull-failures')) throw error;
    }
    return 0;
  },
};

const push: Verb = {
  help: 'Push images that are built here',
  usage: '[SERVICE...]',
  flags: [flag('--quiet', 'Accepted', '-q'), flag('--ignore-push-failures', 'Go on with the others'), flag('--include-deps', 'Those of dependencies, too')],
  run: async (session, flags, services) => {
    const project = await session.load();
    const builder = new PlanBuilder();
    for (const name of selectServices(project, services, flags.has('--include-deps'))) {
      const { build, image } = project.services[name]!;
      if (build !== undefined && image !== undefined) builder.add({ do: 'push', name: image }, 'it was asked for');
    }
    await session.apply(builder.steps);
    return 0;
  },
};

const build: Verb = {
  help: 'Build images',
  usage: '[SERVICE...]',
  flags: [flag('--no-cache', 'Build every layer anew'), flag('--pull', 'Pull base images'), values('--build-arg', 'NAME=value'), flag('--quiet', 'Accepted', '-q'), flag('--with-dependencies', 'Those of dependencies, too')],
  run: async (session, flags, services) => {
    const project = await session.load();
    const names = selectServices(project, services, flags.has('--with-dependencies')).filter((name) => project.services[name]!.build !== undefined);
    const args = pairs(flags.values('--build-arg'));
    const changed = Object.fromEntries(names.map((name): [string, Service] => {
      const service = project.services[name]!;
      return [name, { ...service, build: { ...service.build!, args: { ...service.build!.args, ...args }, ...(flags.has('--pull') && { pull: true }) } }];
    }));
    const builder = new PlanBuilder();
    planImages(builder, { ...project, services: changed }, names, await session.observe(project), { build: 'always', pull: 'missing' });
    await session.apply(builder.steps, { noCache: flags.has('--no-cache') });
    return 0;
  },
};

export const RUN_VERBS: Readonly<Record<string, Verb>> = { exec, run, pull, push, build };
