// `docker ps`: which containers, in which order.

import type { ContainerStatus, Filters } from '@drover/docker-api';
import { matchesLabels, matchesName } from '../api/parse-filters.ts';
import { apiError } from '../api-error.ts';
import type { Container } from './container.ts';
import { isAlive } from './container-states.ts';

export const CONTAINER_FILTERS: readonly string[] = [
  'ancestor', 'before', 'exited', 'id', 'isolation', 'label', 'name', 'status', 'health', 'since', 'volume', 'network', 'is-task', 'publish', 'expose',
];

const STATES: readonly string[] = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'] satisfies ContainerStatus[];

export interface ListOptions {
  readonly all: boolean;
  /** 0: no limit. */
  readonly limit: number;
  readonly filters: Filters;
}

export interface FilterContext {
  /** Throws `not-found`. */
  readonly requireContainer: (name: string) => Container;
  /** Id of an image; undefined when there is none of this name. */
  readonly findImage: (name: string) => string | undefined;
}

/** `containers` in order of creation; the result has the newest first. Throws `invalid-parameter`, `not-found`. */
export function filterContainers(containers: readonly Container[], options: ListOptions, context: FilterContext): Container[] {
  const { filters } = options;
  const odd = (filters['status'] ?? []).find((state) => !STATES.includes(state));
  if (odd !== undefined) throw apiError('invalid-parameter', `invalid filter 'status=${odd}'`);
  const all = options.all || options.limit > 0 || ['status', 'exited', 'before', 'since'].some((name) => name in filters);
  checkHealthFilter(filters['health']);
  const matches = planMatch(filters, context);
  const selected = containers.toReversed().filter((container) => (all || isAlive(container.status)) && matches(container));
  return options.limit > 0 ? selected.slice(0, options.limit) : selected;
}

const HEALTHS: readonly string[] = ['none', 'starting', 'healthy', 'unhealthy'];

function checkHealthFilter(values: readonly string[] = []): void {
  const odd = values.find((value) => !HEALTHS.includes(value));
  if (odd !== undefined) throw apiError('invalid-parameter', `unrecognized filter value for health: ${odd}`);
}

/** Names and ids. */
function networksOf({ record, run }: Container): string[] {
  const endpoints = run?.network?.endpoints ?? [];
  return [record.hostConfig.NetworkMode ?? '', ...Object.keys(record.networks ?? {}), ...endpoints.map(({ networkId }) => networkId)];
}

function parseExitCode(text: string): number {
  if (!/^-?\d+$/.test(text)) throw apiError('invalid-parameter', `invalid filter 'exited=${text}': strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

function planMatch(filters: Filters, context: FilterContext): (container: Container) => boolean {
  const createdAt = (name: string): number => Date.parse(context.requireContainer(name).record.createdAt);
  const before = (filters['before'] ?? []).map(createdAt);
  const since = (filters['since'] ?? []).map(createdAt);
  const images = filters['ancestor']?.map(context.findImage);
  const codes = filters['exited']?.map(parseExitCode);
  return (container) => {
    const { record, status, outcome } = container;
    const created = Date.parse(record.createdAt);
    return (
      matchesName(filters['name'], `/${record.name}`, record.name) &&
      matchesName(filters['id']?.map((text) => `^${text}`), record.id) &&
      matchesLabels(filters['label'], record.config.Labels) &&
      (filters['status'] === undefined || filters['status'].includes(status)) &&
      (codes === undefined || (status === 'exited' && codes.includes(outcome.exitCode))) &&
      before.every((time) => created < time) &&
      since.every((time) => created > time) &&
      (images === undefined || images.includes(record.imageId)) &&
      (filters['volume'] === undefined || filters['volume'].some((text) => record.mounts.some((mount) => mount.name === text || mount.destination === text || mount.source === text))) &&
      (filters['network'] === undefined || networksOf(container).some((network) => filters['network']!.includes(network))) &&
      (filters['health'] === undefined || filters['health'].includes(container.health?.state.Status ?? 'none')) &&
      !(filters['is-task']?.includes('true') ?? false) &&
      filters['publish'] === undefined
    );
  };
}
