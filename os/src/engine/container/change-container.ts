// Changing a container that exists: its name, its restart policy, its limits.

import { codeOf, join, messageOf } from '@drover/core';
import type { HostConfig } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import type { Engine } from '../engine.ts';
import { requireCrun } from '../runtime/crun.ts';
import { planResources } from '../spec/plan-resources.ts';
import type { Container } from './container.ts';
import type { ContainerRecord } from './container-record.ts';
import { checkRestartPolicy } from './restart-policy.ts';

/** Throws `invalid-parameter`, `conflict` in moby's words. */
export function renameContainer(engine: Engine, container: Container, newName: string): Promise<void> {
  if (newName === '') throw apiError('invalid-parameter', 'Neither old nor new names may be empty');
  return engine.locks.run(container.id, () => {
    const oldName = container.name;
    if (oldName === newName.replace(/^\//, '')) throw apiError('invalid-parameter', 'Renaming a container with the same name as its current name');
    const name = reserve(engine, newName, container.id);
    try {
      save(engine, container, { ...container.record, name });
    } catch (error) {
      engine.containers.releaseName(name);
      throw error;
    }
    engine.containers.releaseName(oldName);
    engine.events.publishContainer('rename', container, { oldName: `/${oldName}` });
  });
}

function reserve({ containers }: Engine, newName: string, id: string): string {
  try {
    return containers.reserveName(`/${newName.replace(/^\//, '')}`, id);
  } catch (error) {
    throw apiError(codeOf(error) === 'conflict' ? 'conflict' : 'invalid-parameter', `Error when allocating new name: ${messageOf(error)}`);
  }
}

function save(engine: Engine, container: Container, record: ContainerRecord): void {
  engine.containers.saveRecord(record);
  container.record = record;
}

const LIMITS = [
  'BlkioWeight', 'CpuPeriod', 'CpuQuota', 'CpuShares', 'CpusetCpus', 'CpusetMems', 'Memory', 'MemoryReservation', 'MemorySwap', 'NanoCpus', 'PidsLimit',
] as const satisfies readonly (keyof HostConfig)[];

/** What is zero or empty stays as it is, as in moby. Resolves to warnings. */
export function updateContainer(engine: Engine, container: Container, changes: HostConfig): Promise<string[]> {
  const policy = changes.RestartPolicy?.Name ? changes.RestartPolicy : undefined;
  if (policy !== undefined) checkRestartPolicy(policy);
  if (policy !== undefined && policy.Name !== 'no' && container.record.hostConfig.AutoRemove === true) throw apiError('invalid-parameter', 'Restart policy cannot be updated because AutoRemove is enabled for the container');
  const limits = Object.fromEntries(LIMITS.filter((name) => changes[name] !== undefined && changes[name] !== null && changes[name] !== 0 && changes[name] !== '').map((name) => [name, changes[name]]));
  return engine.locks.run(container.id, async () => {
    const hostConfig: HostConfig = { ...container.record.hostConfig, ...limits, ...(policy !== undefined && { RestartPolicy: policy }) };
    if (Object.keys(limits).length > 0 && container.run?.phase === 'running') await applyLimits(engine, container, hostConfig);
    save(engine, container, { ...container.record, hostConfig });
    engine.events.publishContainer('update', container);
    return [];
  });
}

async function applyLimits(engine: Engine, container: Container, hostConfig: HostConfig): Promise<void> {
  const path = join(engine.paths.bundle(container.id), 'resources.json');
  engine.host.files.replace(path, JSON.stringify(planResources(hostConfig)));
  await requireCrun(engine, ['update', '--resources', path, container.id]);
}
