// The verbs that list containers, as the engine lists them.

import { formatRough, renderTable, RosError } from '@drover/core';
import type { PortSummary } from '@drover/docker-api';
import type { ObservedContainer } from '../observe/observe.ts';
import { selectServices } from '../plan/select-services.ts';
import type { Session } from './session.ts';
import type { Verb } from './verb.ts';
import { flag, value } from './verb.ts';

/** Containers of these services, without those of `run`. */
export async function containersOf(session: Session, services: readonly string[]): Promise<readonly ObservedContainer[]> {
  const project = await session.load();
  const names = selectServices(project, services, false);
  const { containers } = await session.observeContainers(project);
  const wanted = new Set(names);
  return containers.filter((one) => wanted.has(one.service) && !one.oneOff);
}

const ps: Verb = {
  help: 'List containers',
  usage: '[SERVICE...]',
  flags: [flag('--all', 'Those that have ended, too', '-a'), flag('--quiet', 'Only ids', '-q'), flag('--services', 'Only names of services'), value('--format', 'table or json'), flag('--no-trunc', 'Whole commands')],
  run: async (session, flags, services) => {
    const containers = (await containersOf(session, services)).filter((one) => flags.has('--all') || one.status !== 'exited');
    if (flags.has('--quiet')) session.io.out(containers.map((one) => `${one.id}\n`).join(''));
    else if (flags.has('--services')) session.io.out([...new Set(containers.map((one) => one.service))].map((one) => `${one}\n`).join(''));
    else if (flags.value('--format') === 'json') session.io.out(containers.map((one) => `${JSON.stringify({ ID: one.id, Name: one.name, Service: one.service, State: one.status, Health: one.health === 'none' ? '' : one.health, ExitCode: one.exitCode, Image: one.summary.Image })}\n`).join(''));
    else session.io.out(renderTable([['NAME', 'IMAGE', 'COMMAND', 'SERVICE', 'CREATED', 'STATUS', 'PORTS'], ...containers.map((one) => row(session.io.host.clock.now(), one, flags.has('--no-trunc')))]));
    return 0;
  },
};

function row(now: number, { name, service, summary }: ObservedContainer, whole: boolean): string[] {
  const { Image, Command, Created, Status } = summary;
  const command = whole || Command.length <= 20 ? Command : `${Command.slice(0, 19)}…`;
  return [name, Image, `"${command}"`, service, `${formatRough(now - Created * 1000)} ago`, Status, portsOf(summary.Ports)];
}

function portsOf(ports: readonly PortSummary[]): string {
  const sorted = [...ports].sort((a, b) => a.PrivatePort - b.PrivatePort || (a.IP ?? '').length - (b.IP ?? '').length);
  return sorted.map((one) => (one.PublicPort === undefined ? `${one.PrivatePort}/${one.Type}` : `${bracketed(one.IP ?? '')}:${one.PublicPort}->${one.PrivatePort}/${one.Type}`)).join(', ');
}

function bracketed(ip: string): string {
  return ip.includes(':') ? `[${ip}]` : ip;
}

const port: Verb = {
  help: 'Print where a port is published',
  usage: 'SERVICE PORT',
  flags: [value('--protocol', 'tcp or udp'), value('--index', 'Which container of the service')],
  run: async (session, flags, [service, wanted]) => {
    if (service === undefined || wanted === undefined) throw new RosError('usage', 'port takes SERVICE PORT');
    const protocol = flags.value('--protocol') ?? 'tcp';
    const container = pick(await containersOf(session, [service]), service, flags.number('--index'));
    const published = container.summary.Ports.filter((one) => String(one.PrivatePort) === wanted && one.Type === protocol && one.PublicPort !== undefined);
    const found = published.find((one) => one.IP?.includes(':') !== true) ?? published[0];
    if (found === undefined) throw new RosError('not-published', `no port ${wanted}/${protocol} for container ${container.name}`);
    session.io.out(`${bracketed(found.IP ?? '')}:${found.PublicPort!}\n`);
    return 0;
  },
};

/** Throws `no-container`. */
export function pick(containers: readonly ObservedContainer[], service: string, index: number | undefined): ObservedContainer {
  const found = containers.find((one) => index === undefined || one.number === index);
  if (found === undefined) throw new RosError('no-container', `service "${service}" has no container${index === undefined ? '' : ` ${index}`}`, { hint: 'run up first' });
  return found;
}

const images: Verb = {
  help: 'List the images that containers were made from',
  usage: '[SERVICE...]',
  flags: [flag('--quiet', 'Only ids', '-q')],
  run: async (session, flags, services) => {
    const containers = await containersOf(session, services);
    if (flags.has('--quiet')) session.io.out([...new Set(containers.map((one) => one.imageId.replace('sha256:', '')))].map((one) => `${one}\n`).join(''));
    else session.io.out(renderTable([['CONTAINER', 'IMAGE', 'IMAGE ID'], ...containers.map((one) => [one.name, one.summary.Image, one.imageId.replace('sha256:', '').slice(0, 12)])]));
    return 0;
  },
};

export const LIST_VERBS: Readonly<Record<string, Verb>> = { ps, port, images };
