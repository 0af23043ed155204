// What the planners of `up` share while they work: what is wanted, what is there, the steps so far.

import type { Project } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import type { Observed, ObservedContainer } from '../observe/observe.ts';
import { stopContainer } from './hooks.ts';
import type { ImageOptions, ResourceSteps } from './plan-resources.ts';
import type { PlanBuilder } from './step.ts';

export interface UpOptions extends Partial<ImageOptions> {
  /** Default: all. */
  readonly services?: readonly string[];
  readonly noDependencies?: boolean;
  /** What becomes of containers that are there already; default: those that have changed are made anew. */
  readonly recreate?: 'changed' | 'always' | 'never';
  /** With `always`: those of dependencies, too. */
  readonly recreateDependencies?: boolean;
  /** False: containers are made and not started. */
  readonly start?: boolean;
  /** Numbers of containers, by service. */
  readonly scale?: Readonly<Record<string, number>>;
  readonly removeOrphans?: boolean;
  /** Containers made anew get new anonymous volumes, too. */
  readonly renewAnonymousVolumes?: boolean;
  /** Ends once all services run and are healthy. */
  readonly wait?: boolean;
  readonly graceSeconds?: number;
  /** Between the words of a container's name; `_` is that of older versions. */
  readonly separator?: '-' | '_';
}

export interface Planning {
  readonly project: Project;
  readonly observed: Observed;
  /** Those of `up`, by service, by number. */
  readonly present: ReadonlyMap<string, readonly ObservedContainer[]>;
  readonly options: UpOptions;
  readonly hashOf: (service: Service) => string;
  readonly builder: PlanBuilder;
  readonly networks: ResourceSteps;
  readonly volumes: ResourceSteps;
  readonly images: ResourceSteps;
  /** What is there of a service once its steps are done. */
  readonly outcomes: Map<string, Outcome>;
  /** The steps that wait for a container, by what they wait for and its name. */
  readonly waits: Map<string, number>;
}

export interface ContainerOutcome {
  readonly name: string;
  /** The step that makes it, unless it is there. */
  readonly made: number | undefined;
  /** The step after which it runs, unless it does already. */
  readonly started: number | undefined;
  readonly recreated: boolean;
}

export interface Outcome {
  readonly containers: readonly ContainerOutcome[];
  readonly recreated: boolean;
}

export function grace(options: { readonly graceSeconds?: number }): { readonly graceSeconds?: number } {
  return options.graceSeconds === undefined ? {} : { graceSeconds: options.graceSeconds };
}

/** Stopped first when it runs. Returns the last step. */
export function removeContainer({ builder, options, project }: Planning, container: ObservedContainer, cause: string, after: readonly number[]): number {
  const stopped = stopContainer(builder, project.services[container.service], container, { do: 'stop', name: container.id, ...grace(options) }, cause, after);
  return builder.add({ do: 'remove', name: container.id }, cause, [...after, stopped]);
}
