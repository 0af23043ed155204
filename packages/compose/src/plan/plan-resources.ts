// Networks, volumes and images that must be there before containers are.

import { RosError } from '@drover/core';
import type { NetworkCreateBody } from '@drover/docker-api';
import type { Network, Project } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import { withoutUnused } from '../model/without-unused.ts';
import { LABELS } from '../names.ts';
import type { Observed } from '../observe/observe.ts';
import { imageOf } from '../observe/observe.ts';
import { checkBuild } from './check-build.ts';
import { VERSION } from './container-labels.ts';
import type { PlanBuilder } from './step.ts';

/** Steps by the key of the network or volume in the file. */
export type ResourceSteps = ReadonlyMap<string, number>;

/** Throws `missing-external`. */
export function planNetworks(builder: PlanBuilder, project: Project, selected: Project, observed: Observed): ResourceSteps {
  const steps = new Map<string, number>();
  for (const [key, network] of Object.entries(withoutUnused(selected).networks)) {
    if (observed.networks.has(network.name)) continue;
    if (network.external === true) throw missing('network', network.name);
    steps.set(key, builder.add({ do: 'create-network', name: network.name, body: networkBody(project, key, network) }, 'there is no such network'));
  }
  return steps;
}

function networkBody(project: Project, key: string, network: Network): NetworkCreateBody {
  const { ipam } = network;
  return {
    Name: network.name,
    ...(network.driver !== undefined && { Driver: network.driver }),
    ...(network.driver_opts !== undefined && { Options: network.driver_opts }),
    ...(network.internal === true && { Internal: true }),
    ...(network.attachable === true && { Attachable: true }),
    ...(network.enable_ipv6 !== undefined && { EnableIPv6: network.enable_ipv6 }),
    ...(ipam !== undefined && {
      IPAM: {
        Driver: ipam.driver ?? 'default',
        ...(ipam.options !== undefined && { Options: ipam.options }),
        Config: (ipam.config ?? []).map((pool) => ({
          ...(pool.subnet !== undefined && { Subnet: pool.subnet }),
          ...(pool.ip_range !== undefined && { IPRange: pool.ip_range }),
          ...(pool.gateway !== undefined && { Gateway: pool.gateway }),
          ...(pool.aux_addresses !== undefined && { AuxiliaryAddresses: pool.aux_addresses }),
        })),
      },
    }),
    Labels: { ...network.labels, [LABELS.network]: key, [LABELS.project]: project.name, [LABELS.version]: VERSION },
  };
}

/** Throws `missing-external`. */
export function planVolumes(builder: PlanBuilder, project: Project, selected: Project, observed: Observed): ResourceSteps {
  const steps = new Map<string, number>();
  for (const [key, volume] of Object.entries(withoutUnused(selected).volumes)) {
    if (observed.volumes.has(volume.name)) continue;
    if (volume.external === true) throw missing('volume', volume.name);
    const body = {
      Name: volume.name,
      ...(volume.driver !== undefined && { Driver: volume.driver }),
      ...(volume.driver_opts !== undefined && { DriverOpts: volume.driver_opts }),
      Labels: { ...volume.labels, [LABELS.volume]: key, [LABELS.project]: project.name, [LABELS.version]: VERSION },
    };
    steps.set(key, builder.add({ do: 'create-volume', name: volume.name, body }, 'there is no such volume'));
  }
  return steps;
}

function missing(what: string, name: string): RosError {
  return new RosError('missing-external', `${what} ${name} declared as external, but could not be found`, { hint: `make it with docker ${what} create ${name}` });
}

export interface ImageOptions {
  /** `missing`: only images that are not there. */
  readonly build: 'missing' | 'always' | 'never';
  /** `policy`: as each service says. */
  readonly pull: 'policy' | 'always' | 'missing' | 'never';
  /** In the name of an image that is built without one; `_` is that of older versions. */
  readonly separator?: '-' | '_';
}

/** The step that brings the image of each service; none when it is there. Throws `no-image`, `needs-buildkit`. */
export function planImages(builder: PlanBuilder, project: Project, services: readonly string[], observed: Observed, options: ImageOptions): ResourceSteps {
  const byImage = new Map<string, number>();
  const steps = new Map<string, number>();
  for (const name of services) {
    const service = project.services[name]!;
    const image = imageOf(project, name, service.image, options.separator);
    const step = byImage.get(image) ?? planImage(builder, project, name, service, image, observed, options);
    if (step === undefined) continue;
    byImage.set(image, step);
    steps.set(name, step);
  }
  return steps;
}

function planImage(builder: PlanBuilder, project: Project, name: string, service: Service, image: string, observed: Observed, options: ImageOptions): number | undefined {
  const present = observed.images.get(image) !== undefined;
  const { build } = service;
  const policy = options.pull === 'policy' ? (service.pull_policy ?? 'missing') : options.pull;
  if (build !== undefined && (options.build === 'always' || (policy === 'build' && options.build !== 'never') || (!present && options.build === 'missing'))) {
    checkBuild(name, build);
    const labels = { [LABELS.project]: project.name, [LABELS.service]: name, [LABELS.version]: VERSION };
    return builder.add({ do: 'build', name: image, build, labels, ...(service.platform !== undefined && { platform: service.platform }) }, present ? 'to be built anew' : 'there is no such image');
  }
  if (present && policy !== 'always') return undefined;
  if (build !== undefined && present) return undefined;
  if (!present && (policy === 'never' || (build !== undefined && options.build === 'never'))) {
    throw new RosError('no-image', `there is no image ${image} for the service ${name}`, { hint: build === undefined ? `pull it, or change pull_policy` : 'build it' });
  }
  return builder.add({ do: 'pull', name: image, ...(service.platform !== undefined && { platform: service.platform }) }, present ? 'pull_policy is always' : 'there is no such image');
}
