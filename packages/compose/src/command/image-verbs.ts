// The verbs of images: pull, push, build.

import { RosError } from '@drover/core';
import type { Project } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import type { ResourceSteps } from '../plan/plan-resources.ts';
import { planImages } from '../plan/plan-resources.ts';
import { selectServices } from '../plan/select-services.ts';
import { PlanBuilder } from '../plan/step.ts';
import { parseBytes } from '../validate/parse-bytes.ts';
import { parsePairs } from './flags.ts';
import type { Verb } from './verb.ts';
import { flag, value, values } from './verb.ts';

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
    planPushes(builder, project, selectServices(project, services, flags.has('--include-deps')), new Map());
    try {
      await session.apply(builder.steps);
    } catch (error) {
      if (!flags.has('--ignore-push-failures')) throw error;
    }
    return 0;
  },
};

/** Of images that are built here and have a name. `built`: the steps that build them, by service. */
function planPushes(builder: PlanBuilder, project: Project, names: readonly string[], built: ResourceSteps): void {
  for (const name of names) {
    const { build: isBuilt, image } = project.services[name]!;
    if (isBuilt !== undefined && image !== undefined) builder.add({ do: 'push', name: image }, 'it was asked for', [built.get(name)]);
  }
}

const build: Verb = {
  help: 'Build images',
  usage: '[SERVICE...]',
  flags: [flag('--no-cache', 'Build every layer anew'), flag('--pull', 'Pull base images'), values('--build-arg', 'NAME=value'), value('--memory', 'Bytes that a build may use', '-m'), flag('--push', 'Push what was built'), flag('--quiet', 'Accepted', '-q'), flag('--with-dependencies', 'Those of dependencies, too')],
  run: async (session, flags, services) => {
    const project = await session.load();
    const names = selectServices(project, services, flags.has('--with-dependencies')).filter((name) => project.services[name]!.build !== undefined);
    const args = parsePairs(flags.values('--build-arg'));
    const memory = flags.value('--memory');
    const bytes = memory === undefined ? undefined : parseBytes(memory);
    if (memory !== undefined && bytes === undefined) throw new RosError('usage', `--memory takes a size like 512m, not ${memory}`);
    const changed = Object.fromEntries(names.map((name): [string, Service] => {
      const service = project.services[name]!;
      return [name, { ...service, build: { ...service.build!, args: { ...service.build!.args, ...args }, ...(flags.has('--pull') && { pull: true }) } }];
    }));
    const builder = new PlanBuilder();
    const steps = planImages(builder, { ...project, services: changed }, names, await session.observe(project), { build: 'always', pull: 'missing', separator: session.separator });
    if (flags.has('--push')) planPushes(builder, project, names, steps);
    await session.apply(builder.steps, { builds: { noCache: flags.has('--no-cache'), ...(bytes !== undefined && { memory: bytes }) } });
    return 0;
  },
};

export const IMAGE_VERBS: Readonly<Record<string, Verb>> = { pull, push, build };
