// The verbs that change containers.

import { RosError } from '@drover/core';
import { planDown, planKill, planPause, planRemove, planRestart, planStart, planStop, planUnpause } from '../plan/plan-each.ts';
import { orphansOf, planUp } from '../plan/plan-up.ts';
import type { UpOptions } from '../plan/planning.ts';
import { followLogs } from './follow-logs.ts';
import type { Flags } from './flags.ts';
import type { Session } from './session.ts';
import type { Verb } from './verb.ts';
import { flag, value, values } from './verb.ts';

const TIMEOUT = value('--timeout', 'Seconds between SIGTERM and SIGKILL', '-t');
const ORPHANS = flag('--remove-orphans', 'Remove containers of services that are not in the files');

const MAKING = [
  flag('--build', 'Build images before'),
  flag('--no-build', 'Build no image, even when it is missing'),
  flag('--force-recreate', 'Make containers anew though nothing has changed'),
  flag('--no-recreate', 'Leave containers that are there as they are'),
  value('--pull', 'Pull images before: always, missing, never, policy'),
  flag('--quiet-pull', 'Accepted; pulling is quiet'),
  ORPHANS,
  values('--scale', 'SERVICE=NUMBER of containers'),
  flag('--yes', 'Accepted; nothing is asked', '-y'),
];

function upOptions(session: Session, flags: Flags, services: readonly string[]): UpOptions {
  if (flags.has('--build') && flags.has('--no-build')) throw new RosError('usage', '--build and --no-build are incompatible');
  if (flags.has('--force-recreate') && flags.has('--no-recreate')) throw new RosError('usage', '--force-recreate and --no-recreate are incompatible');
  const pull = flags.value('--pull');
  if (pull !== undefined && !['always', 'missing', 'never', 'policy'].includes(pull)) throw new RosError('usage', `--pull takes always, missing, never or policy, not ${pull}`);
  const graceSeconds = flags.number('--timeout');
  return {
    services,
    separator: session.separator,
    build: flags.has('--build') ? 'always' : flags.has('--no-build') ? 'never' : 'missing',
    pull: (pull ?? 'policy') as NonNullable<UpOptions['pull']>,
    recreate: flags.has('--force-recreate') ? 'always' : flags.has('--no-recreate') ? 'never' : 'changed',
    recreateDependencies: flags.has('--always-recreate-deps'),
    noDependencies: flags.has('--no-deps'),
    removeOrphans: flags.has('--remove-orphans'),
    renewAnonymousVolumes: flags.has('--renew-anon-volumes'),
    start: !flags.has('--no-start'),
    wait: flags.has('--wait'),
    scale: scaleOf(flags.values('--scale')),
    ...(graceSeconds !== undefined && { graceSeconds }),
  };
}

function scaleOf(pairs: readonly string[]): Record<string, number> {
  return Object.fromEntries(pairs.map((pair) => {
    const match = /^(.+)=(\d+)$/.exec(pair);
    if (match === null) throw new RosError('usage', `${pair} is not SERVICE=NUMBER`);
    return [match[1]!, Number(match[2])];
  }));
}

async function up(session: Session, options: UpOptions, waitSeconds?: number): Promise<void> {
  const project = await session.load();
  const observed = await session.observe(project);
  const orphans = orphansOf(project, observed);
  if (orphans.length > 0 && options.removeOrphans !== true) {
    session.io.err(`warning: Found orphan containers (${orphans.map((one) => one.name).join(' ')}) for this project. If you removed or renamed this service in your compose file, you can run this command with the --remove-orphans flag to clean it up.\n`);
  }
  const plan = planUp(project, observed, session.hashOf(), options);
  const waits = waitSeconds === undefined ? {} : { waitMs: waitSeconds * 1000 };
  const images = plan.filter(({ action }) => action.do === 'pull' || action.do === 'build');
  if (images.length === 0 || session.flags.has('--dry-run')) return session.apply(plan, waits);
  // Whether an image is another one now shows once it is there; a container of the same one stays.
  await session.apply(images);
  return session.apply(planUp(project, await session.observe(project), session.hashOf(), { ...options, build: 'never', pull: 'missing' }), waits);
}

const upVerb: Verb = {
  help: 'Make and start containers',
  usage: '[SERVICE...]',
  flags: [
    ...MAKING, TIMEOUT,
    flag('--detach', 'Return once everything has started', '-d'), flag('--no-deps', 'Leave out dependencies'), flag('--no-start', 'Do not start'), flag('--always-recreate-deps', 'Make dependencies anew, too'),
    flag('--renew-anon-volumes', 'New anonymous volumes', '-V'), flag('--wait', 'Return once everything is healthy'), value('--wait-timeout', 'Seconds to wait at most'), flag('--no-log-prefix', 'No names in front of lines'), flag('--no-color', 'Accepted'),
  ],
  run: async (session, flags, services) => {
    await up(session, upOptions(session, flags, services), flags.number('--wait-timeout'));
    if (flags.has('--detach') || flags.has('--wait') || flags.has('--no-start') || session.flags.has('--dry-run')) return 0;
    await followLogs(session, services, { follow: true, prefix: !flags.has('--no-log-prefix') });
    return 0;
  },
};

const create: Verb = {
  help: 'Make containers without starting them',
  usage: '[SERVICE...]',
  flags: MAKING,
  run: async (session, flags, services) => {
    await up(session, { ...upOptions(session, flags, services), start: false });
    return 0;
  },
};

const scale: Verb = {
  help: 'Change how many containers services have',
  usage: 'SERVICE=NUMBER...',
  flags: [flag('--no-deps', 'Leave out dependencies'), TIMEOUT],
  run: async (session, flags, pairs) => {
    if (pairs.length === 0) throw new RosError('usage', 'scale takes SERVICE=NUMBER');
    const wanted = scaleOf(pairs);
    await up(session, { ...upOptions(session, flags, Object.keys(wanted)), recreate: 'never', scale: wanted });
    return 0;
  },
};

const down: Verb = {
  help: 'Stop and remove containers and networks',
  usage: '[SERVICE...]',
  flags: [ORPHANS, TIMEOUT, flag('--volumes', 'Remove volumes, too', '-v'), value('--rmi', 'Remove images, too: local or all')],
  run: async (session, flags, services) => {
    const project = await session.load();
    const images = flags.value('--rmi');
    const graceSeconds = flags.number('--timeout');
    if (images !== undefined && images !== 'local' && images !== 'all') throw new RosError('usage', `--rmi takes local or all, not ${images}`);
    await session.apply(planDown(project, await session.observe(project), {
      services, separator: session.separator, removeOrphans: flags.has('--remove-orphans'), volumes: flags.has('--volumes'), ...(images !== undefined && { images }), ...(graceSeconds !== undefined && { graceSeconds }),
    }));
    return 0;
  },
};

type EachPlanner = typeof planStop;

function each(help: string, plan: EachPlanner, flags: Verb['flags'] = []): Verb {
  return {
    help, usage: '[SERVICE...]', flags,
    run: async (session, given, services) => {
      const project = await session.load();
      const graceSeconds = given.number('--timeout');
      await session.apply(plan(project, await session.observeContainers(project), { services, ...(graceSeconds !== undefined && { graceSeconds }) }));
      return 0;
    },
  };
}

const kill: Verb = {
  help: 'Send a signal to containers',
  usage: '[SERVICE...]',
  flags: [value('--signal', 'SIGKILL, or another one', '-s'), ORPHANS],
  run: async (session, flags, services) => {
    const project = await session.load();
    await session.apply(planKill(project, await session.observeContainers(project), { services, signal: flags.value('--signal') ?? 'SIGKILL' }));
    return 0;
  },
};

const rm: Verb = {
  help: 'Remove stopped containers',
  usage: '[SERVICE...]',
  flags: [flag('--force', 'Accepted; nothing is asked', '-f'), flag('--stop', 'Those that run, too', '-s'), flag('--volumes', 'With their anonymous volumes', '-v')],
  run: async (session, flags, services) => {
    const project = await session.load();
    const plan = planRemove(project, await session.observeContainers(project), { services, volumes: flags.has('--volumes'), stop: flags.has('--stop') });
    if (plan.length === 0) session.io.err('No stopped containers\n');
    await session.apply(plan);
    return 0;
  },
};

export const LIFE_VERBS: Readonly<Record<string, Verb>> = {
  up: upVerb, create, scale, down, kill, rm,
  start: each('Start containers that are there', planStart),
  stop: each('Stop containers', planStop, [TIMEOUT]),
  restart: each('Restart containers', planRestart, [TIMEOUT, flag('--no-deps', 'Accepted; dependencies stay as they are')]),
  pause: each('Pause containers', planPause),
  unpause: each('Let paused containers go on', planUnpause),
};
