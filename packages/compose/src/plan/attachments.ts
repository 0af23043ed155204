// How a container of a service is on networks, and under which names it finds others.

import type { EndpointSettings } from '@drover/docker-api';
import type { CreateInput } from './create-input.ts';

export interface Attachment {
  /** In Docker. */
  readonly name: string;
  readonly endpoint: EndpointSettings;
}

/** The first is the one the container is made with. By priority, then by name. */
export function networksOf(input: Pick<CreateInput, 'project' | 'name' | 'service' | 'containerName' | 'containersOf'>): readonly Attachment[] {
  const { project, service } = input;
  if (service.network_mode !== undefined) return [];
  const entries = Object.entries(service.networks ?? {}).sort(([a, x], [b, y]) => (y?.priority ?? 0) - (x?.priority ?? 0) || (a < b ? -1 : 1));
  return entries.map(([key, settings]) => ({
    name: project.networks[key]!.name,
    endpoint: {
      Aliases: [input.containerName, input.name, ...(settings?.aliases ?? [])],
      Links: linksOf(input),
      IPAMConfig: {
        ...(settings?.ipv4_address !== undefined && { IPv4Address: settings.ipv4_address }),
        ...(settings?.ipv6_address !== undefined && { IPv6Address: settings.ipv6_address }),
        ...(settings?.link_local_ips !== undefined && { LinkLocalIPs: settings.link_local_ips }),
      },
      ...((settings?.mac_address ?? service.mac_address) !== undefined && { MacAddress: settings?.mac_address ?? service.mac_address }),
      ...(settings?.driver_opts !== undefined && { DriverOpts: settings.driver_opts }),
    },
  }));
}

/** `CONTAINER:NAME`, each under the name of the link, of the service and of the container. */
export function linksOf({ service, containersOf }: Pick<CreateInput, 'service' | 'containersOf'>): string[] {
  const links = (service.links ?? []).flatMap((link) => {
    const [target, alias = target] = link.split(':') as [string, string?];
    return containersOf(target).flatMap((container) => [`${container}:${alias}`, `${container}:${target}`, `${container}:${container}`]);
  });
  return [...new Set([...links, ...(service.external_links ?? []).map((link) => (link.includes(':') ? link : `${link}:${link}`))])];
}
