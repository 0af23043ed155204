// Brings the services up through System Docker: everything that may start, starts at the same time. One broken service
// never stops the others.

import { encodeHex, encodeUtf8, explain, RosError } from '@drover/core';
import type { DockerClient } from '@drover/docker-api';
import type { Host } from '@drover/host';
import { LABEL } from '../names.ts';
import { decide, planDependencies, renderCreateBody } from './plan-services.ts';
import type { ServiceDefinition, Services } from './service.ts';

export interface ServiceReport {
  readonly name: string;
  readonly tookMs: number;
  readonly error?: unknown;
}

/** A service that others wait for has its own deadline; this one is for one that forgets it. */
const ATTACHED_MS = 300_000;

export async function startServices(host: Host, client: DockerClient, services: Services): Promise<ServiceReport[]> {
  const { dependencies } = planDependencies(services);
  const started = new Map<string, Promise<ServiceReport>>();
  const start = (name: string): Promise<ServiceReport> => {
    const known = started.get(name);
    if (known !== undefined) return known;
    const work = (async () => {
      // A service whose predecessor failed is still worth a try: most orders are wishes.
      await Promise.all((dependencies.get(name) ?? []).map(start));
      const began = host.clock.monotonic();
      try {
        await bringUp(host, client, name, services[name]!);
        return { name, tookMs: host.clock.monotonic() - began };
      } catch (error) {
        return { name, tookMs: host.clock.monotonic() - began, error };
      }
    })();
    started.set(name, work);
    return work;
  };
  return Promise.all(Object.keys(services).map(start));
}

async function bringUp(host: Host, client: DockerClient, name: string, service: ServiceDefinition): Promise<void> {
  const hash = encodeHex(host.sha256(encodeUtf8(JSON.stringify([name, service])))).slice(0, 40);
  const [image, container] = await Promise.all([client.inspectImage(service.image), client.inspectContainer(name)]);
  if (image === undefined) throw new RosError('image-missing', `there is no image ${service.image}`);
  const existing = container === undefined ? undefined : { hash: container.Config.Labels?.[LABEL.configHash], imageId: container.Image };
  const decision = decide(service, hash, image.Id, existing);
  if (decision === 'recreate') await client.removeContainer(name, { force: true, volumes: true });
  if (decision !== 'keep') await client.createContainer(name, renderCreateBody(name, service, hash));
  if (service.labels?.[LABEL.createOnly] === 'true') return;
  await client.startContainer(name, { timeoutMs: 60_000 });
  if (service.labels?.[LABEL.detach] === 'false') await client.waitContainer(name, 'not-running', { timeoutMs: ATTACHED_MS });
}

export function renderReports(reports: readonly ServiceReport[]): string {
  return reports.map(({ name, tookMs, error }) => (error === undefined ? `${name} ${Math.round(tookMs)}ms` : `${name} FAILED: ${explain(error)}`)).join(', ');
}
