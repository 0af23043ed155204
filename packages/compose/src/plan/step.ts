// A plan: steps that are one call to the engine each, with what they wait for and why they are there.

import type { ContainerCreateBody, EndpointSettings, NetworkCreateBody, VolumeCreateBody } from '@drover/docker-api';
import type { Build, Hook, Mapping } from '../model/service-parts.ts';

/** Something that is put into a container as a file. */
export interface InjectedFile {
  readonly path: string;
  readonly text: string;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

export type Action =
  | { readonly do: 'create-network'; readonly name: string; readonly body: NetworkCreateBody }
  | { readonly do: 'remove-network'; readonly name: string }
  | { readonly do: 'create-volume'; readonly name: string; readonly body: VolumeCreateBody }
  | { readonly do: 'remove-volume'; readonly name: string }
  | { readonly do: 'pull'; readonly name: string; readonly platform?: string }
  | { readonly do: 'push'; readonly name: string }
  | { readonly do: 'build'; readonly name: string; readonly build: Build; readonly platform?: string; readonly labels?: Mapping }
  | { readonly do: 'remove-image'; readonly name: string }
  | { readonly do: 'create'; readonly name: string; readonly body: ContainerCreateBody }
  | { readonly do: 'connect'; readonly name: string; readonly network: string; readonly endpoint: EndpointSettings }
  | { readonly do: 'put-file'; readonly name: string; readonly file: InjectedFile }
  | { readonly do: 'rename'; readonly name: string; readonly to: string }
  | { readonly do: 'start'; readonly name: string }
  | { readonly do: 'stop'; readonly name: string; readonly graceSeconds?: number }
  | { readonly do: 'restart'; readonly name: string; readonly graceSeconds?: number }
  | { readonly do: 'kill'; readonly name: string; readonly signal: string }
  | { readonly do: 'pause'; readonly name: string }
  | { readonly do: 'unpause'; readonly name: string }
  | { readonly do: 'remove'; readonly name: string; readonly volumes?: boolean; readonly force?: boolean }
  | { readonly do: 'run-hook'; readonly name: string; readonly kind: 'post_start' | 'pre_stop'; readonly hook: Hook }
  | { readonly do: 'wait-healthy'; readonly name: string }
  | { readonly do: 'wait-completed'; readonly name: string };

export interface Step {
  readonly id: number;
  readonly action: Action;
  /** Ids of the steps that must have been done. */
  readonly after: readonly number[];
  /** Why it is there, as a half sentence. */
  readonly cause: string;
  /** When it fails, what waits for it is done all the same. */
  readonly optional?: boolean;
}

export type Plan = readonly Step[];

/** `3. create p-web-1 (no container yet) after 1, 2` */
export function renderPlan(plan: Plan): string {
  return plan.map((step) => {
    const after = step.after.length === 0 ? '' : ` after ${step.after.join(', ')}`;
    return `${step.id}. ${renderAction(step.action)} (${step.cause})${after}\n`;
  }).join('');
}

export function renderAction(action: Action): string {
  const detail = DETAILS[action.do] as ((action: Action) => string) | undefined;
  return `${action.do.replace(/-/g, ' ')} ${action.name}${detail?.(action) ?? ''}`;
}

const DETAILS: { readonly [K in Action['do']]?: (action: Extract<Action, { readonly do: K }>) => string } = {
  rename: ({ to }) => ` to ${to}`,
  connect: ({ network }) => ` to ${network}`,
  'put-file': ({ file }) => ` ${file.path}`,
  kill: ({ signal }) => ` with ${signal}`,
  'run-hook': ({ hook }) => `: ${(hook.command ?? []).join(' ')}`,
};

/** Collects steps; each gets the next number. */
export class PlanBuilder {
  readonly steps: Step[] = [];

  add(action: Action, cause: string, after: readonly (number | undefined)[] = [], optional = false): number {
    const id = this.steps.length + 1;
    const waits = [...new Set(after.filter((one) => one !== undefined))].sort((a, b) => a - b);
    this.steps.push({ id, action, after: waits, cause, ...(optional && { optional }) });
    return id;
  }
}
