// A container as one row of `docker ps`.

import { formatRough } from '@drover/core';
import type { ContainerSummary, Health } from '@drover/docker-api';
import type { Engine } from '../engine.ts';
import { renderNetworks, renderPortRows } from './render-network.ts';
import type { Container } from './container.ts';
import { renderMountPoint } from './render-inspect.ts';

export function renderSummary(engine: Engine, container: Container): ContainerSummary {
  const { record, id, status } = container;
  const { hostConfig } = record;
  return {
    Id: id,
    Names: [`/${record.name}`],
    Image: renderImageName(engine, container),
    ImageID: record.imageId,
    Command: [record.path, ...record.args.map((arg) => (arg.includes(' ') ? `'${arg}'` : arg))].join(' '),
    Created: Math.floor(Date.parse(record.createdAt) / 1000),
    Ports: renderPortRows(container),
    Labels: record.config.Labels,
    State: status,
    Status: renderStatus(container, engine.host.clock.now()),
    HostConfig: { NetworkMode: hostConfig.NetworkMode ?? '' },
    NetworkSettings: { Networks: renderNetworks(engine, container) },
    Mounts: record.mounts.map(renderMountPoint),
  };
}

/** The name it was created by, as long as that still means the same image. */
function renderImageName({ images }: Engine, { record }: Container): string {
  const name = record.config.Image ?? '';
  const found = images.find(name);
  return found === undefined || found.id === record.imageId ? name : record.imageId;
}

export function renderStatus({ status, outcome, health }: Container, now: number): string {
  const since = (time: string): string => formatRough(Math.max(0, now - Date.parse(time)));
  switch (status) {
    case 'running':
      return `Up ${since(outcome.startedAt)}${health === undefined ? '' : ` (${renderHealth(health.state)})`}`;
    case 'paused':
      return `Up ${since(outcome.startedAt)} (Paused)`;
    case 'restarting':
      return `Restarting (${outcome.exitCode}) ${since(outcome.finishedAt)} ago`;
    case 'removing':
      return 'Removal In Progress';
    case 'dead':
      return 'Dead';
    case 'created':
      return 'Created';
    case 'exited':
      return `Exited (${outcome.exitCode}) ${since(outcome.finishedAt)} ago`;
    default:
      return status;
  }
}

function renderHealth({ Status: status }: Health): string {
  return status === 'starting' ? 'health: starting' : status;
}
