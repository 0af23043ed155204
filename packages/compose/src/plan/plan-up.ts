// From what is wanted and what is there to the steps between them. Pure: nothing is touched, and the same input gives
// the same plan.

import { RosError } from '@drover/core';
import { dependencyOrder } from '../model/dependency-order.ts';
import type { Project } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import { replicasOf } from '../model/service.ts';
import type { Observed, ObservedContainer, ObservedContainers } from '../observe/observe.ts';
import { byService } from '../observe/observe.ts';
import { makeContainer, planContainer } from './plan-container.ts';
import { planImages, planNetworks, planVolumes } from './plan-resources.ts';
import type { Outcome, Planning, UpOptions } from './planning.ts';
import { removeContainer } from './planning.ts';
import { selectServices } from './select-services.ts';
import type { Plan } from './step.ts';
import { PlanBuilder } from './step.ts';

/** Throws RosError for what no plan can bring about: `missing-external`, `no-image`, `no-such-service`, `needs-buildkit`. */
export function planUp(project: Project, observed: Observed, hashOf: (service: Service) => string, options: UpOptions = {}): Plan {
  const builder = new PlanBuilder();
  const names = selectServices(project, options.services ?? [], options.noDependencies !== true);
  const selected: Project = { ...project, services: Object.fromEntries(names.map((name) => [name, project.services[name]!])) };
  const planning: Planning = {
    project, observed, options, hashOf, builder,
    present: byService(observed.containers.filter((one) => !one.oneOff)),
    networks: planNetworks(builder, project, selected, observed),
    volumes: planVolumes(builder, project, selected, observed),
    images: planImages(builder, project, names, observed, { build: options.build ?? 'missing', pull: options.pull ?? 'policy', separator: options.separator ?? '-' }),
    outcomes: new Map(),
    waits: new Map(),
  };
  for (const name of dependencyOrder(project, names).ordered) planning.outcomes.set(name, planService(planning, name));
  if (options.removeOrphans === true) for (const orphan of orphansOf(project, observed)) removeContainer(planning, orphan, 'its service is not in the files any more', []);
  return builder.steps;
}

/** Containers of services that the project does not have. */
export function orphansOf(project: Project, observed: ObservedContainers): readonly ObservedContainer[] {
  return observed.containers.filter((one) => !one.oneOff && !Object.hasOwn(project.services, one.service) && !Object.hasOwn(project.disabledServices, one.service));
}

function planService(planning: Planning, name: string): Outcome {
  const { project, options } = planning;
  const service = project.services[name]!;
  const wanted = options.scale?.[name] ?? replicasOf(service);
  if (wanted > 1 && service.container_name !== undefined) throw new RosError('not-scalable', `the service ${name} has a container_name and cannot have ${wanted} containers`, { hint: 'remove container_name' });
  const present = planning.present.get(name) ?? [];
  const kept = present.slice(0, wanted);
  const ready = readySteps(planning, service);
  for (const extra of present.slice(wanted)) removeContainer(planning, extra, `${wanted} of ${present.length} containers are wanted`, []);
  const containers = kept.map((one) => planContainer(planning, name, service, one, ready));
  const numbers = new Set(kept.map((one) => one.number));
  for (let number = 1; containers.length < wanted; number += 1) {
    if (numbers.has(number)) continue;
    containers.push(makeContainer(planning, name, service, { number, ready, cause: present.length === 0 ? 'there is no container' : `${wanted} containers are wanted` }));
  }
  if (options.wait === true && service.healthcheck !== undefined && service.healthcheck.disable !== true) for (const one of containers) waitFor(planning, 'wait-healthy', one, 'up waits for it', false);
  return { containers, recreated: containers.some((one) => one.recreated) };
}

/** The steps after which this service may start. */
function readySteps(planning: Planning, service: Service): readonly number[] {
  if (planning.options.noDependencies === true || planning.options.start === false) return [];
  return Object.entries(service.depends_on ?? {}).flatMap(([name, { condition, required }]) => (planning.outcomes.get(name)?.containers ?? []).flatMap((one) => {
    if (condition === 'service_started') return one.started ?? [];
    return waitFor(planning, condition === 'service_healthy' ? 'wait-healthy' : 'wait-completed', one, 'others depend on it', !required);
  }));
}

/** One step for all that wait for the same. */
function waitFor({ builder, waits }: Planning, verb: 'wait-healthy' | 'wait-completed', { name, started }: Outcome['containers'][number], cause: string, optional: boolean): number {
  const key = `${verb} ${name}`;
  const known = waits.get(key);
  if (known !== undefined) return known;
  const step = builder.add({ do: verb, name }, cause, [started], optional);
  waits.set(key, step);
  return step;
}
