// The verbs that show something and change nothing.

import { CancelSource, encodeHex, renderTable, RosError } from '@drover/core';
import type { Host } from '@drover/host';
import { configHash } from '../model/config-hash.ts';
import { renderConfig, renderConfigJson } from '../model/render-config.ts';
import { LABELS } from '../names.ts';
import { imageOf } from '../observe/observe.ts';
import { VERSION } from '../plan/container-labels.ts';
import { selectServices } from '../plan/select-services.ts';
import { followLogs } from './follow-logs.ts';
import { containersOf } from './list-verbs.ts';
import type { Verb } from './verb.ts';
import { flag, value } from './verb.ts';

const config: Verb = {
  help: 'Print what the files come to',
  usage: '[SERVICE...]',
  flags: [
    flag('--quiet', 'Only check', '-q'), flag('--services', 'Only the names of services'), flag('--volumes', 'Only the names of volumes'), flag('--images', 'Only images'),
    flag('--profiles', 'Only profiles'), value('--hash', 'Hashes of SERVICE,... or of all: *'), value('--format', 'yaml or json'), value('--output', 'Write to a file', '-o'),
  ],
  run: async (session, flags, services) => {
    const project = await session.load();
    const names = selectServices(project, services, true);
    const lines = (items: Iterable<string>): string => [...items].map((one) => `${one}\n`).join('');
    const hashed = flags.value('--hash');
    const text = (): string => {
      if (flags.has('--services')) return lines(names);
      if (flags.has('--volumes')) return lines(Object.keys(project.volumes));
      if (flags.has('--images')) return lines(names.map((name) => imageOf(project, name, project.services[name]!.image, session.separator)));
      if (flags.has('--profiles')) return lines(new Set([...Object.values(project.services), ...Object.values(project.disabledServices)].flatMap((one) => one.profiles ?? []).sort()));
      if (hashed !== undefined) return lines((hashed === '*' ? names : selectServices(project, hashed.split(','), false)).map((name) => `${name} ${configHash(session.io.host, project.services[name]!)}`));
      const chosen = services.length === 0 ? project : { ...project, services: Object.fromEntries(names.map((name) => [name, project.services[name]!])) };
      return flags.value('--format') === 'json' ? renderConfigJson(chosen) : renderConfig(chosen);
    };
    const output = flags.value('--output');
    if (output !== undefined) session.io.host.files.writeAtomic(output, text());
    else if (!flags.has('--quiet')) session.io.out(text());
    return 0;
  },
};

const logs: Verb = {
  help: 'Print what containers have said',
  usage: '[SERVICE...]',
  flags: [
    flag('--follow', 'Go on', '-f'), value('--tail', 'Only so many lines of each', '-n'), value('--since', 'Only what is newer'), flag('--timestamps', 'With times', '-t'),
    flag('--no-log-prefix', 'No names in front of lines'), flag('--no-color', 'Accepted'),
  ],
  run: async (session, flags, services) => {
    const tail = flags.value('--tail');
    const since = flags.value('--since');
    await followLogs(session, services, {
      follow: flags.has('--follow'), prefix: !flags.has('--no-log-prefix'), timestamps: flags.has('--timestamps'),
      ...(tail !== undefined && { tail: tail === 'all' ? 'all' : Number(tail) }), ...(since !== undefined && { since }),
    });
    return 0;
  },
};

const top: Verb = {
  help: 'List the processes of containers',
  usage: '[SERVICE...]',
  flags: [],
  run: async (session, _, services) => {
    const client = await session.client();
    for (const one of await containersOf(session, services)) {
      if (one.status !== 'running') continue;
      const { Titles, Processes } = await client.topContainer(one.id);
      session.io.out(`${one.name}\n${renderTable([Titles, ...Processes])}\n`);
    }
    return 0;
  },
};

const events: Verb = {
  help: 'Print what happens to containers, until it is interrupted',
  usage: '[SERVICE...]',
  flags: [flag('--json', 'A JSON object a line')],
  run: async (session, flags, services) => {
    const project = await session.load();
    const names = selectServices(project, services, false);
    const client = await session.client();
    try {
      for await (const event of client.events({ type: ['container'], label: [`${LABELS.project}=${project.name}`] }, session.cancel)) {
        const { Attributes } = event.Actor;
        const service = Attributes[LABELS.service];
        if (service === undefined || !names.includes(service)) continue;
        const time = new Date(event.timeNano / 1e6).toISOString();
        const attributes = Object.fromEntries(Object.entries(Attributes).filter(([key]) => !key.startsWith('com.docker.compose.')));
        if (flags.has('--json')) session.io.out(`${JSON.stringify({ time, type: 'container', service, id: event.Actor.ID, action: event.Action, attributes })}\n`);
        else session.io.out(`${time} container ${event.Action} ${event.Actor.ID} (${Object.entries(attributes).map(([key, one]) => `${key}=${one}`).join(', ')})\n`);
      }
    } catch (error) {
      if (!session.cancel.cancelled) throw error;
    }
    return 0;
  },
};

const wait: Verb = {
  help: 'Wait until the first container of these services ends; its exit code is ours',
  usage: 'SERVICE...',
  flags: [flag('--down-project', 'Take the project down then')],
  run: async (session, _, services) => {
    if (services.length === 0) throw new RosError('usage', 'wait takes SERVICE...');
    const client = await session.client();
    const stop = new CancelSource(session.cancel);
    const containers = await containersOf(session, services);
    if (containers.length === 0) throw new RosError('no-container', `no containers for ${services.join(', ')}`);
    const ended = await Promise.any(containers.map(async (one) => ({ code: (await client.waitContainer(one.id, 'not-running', { cancel: stop })).StatusCode, name: one.name })));
    stop.cancel();
    session.io.out(`container "${ended.name}" exited with status code ${ended.code}\n`);
    return ended.code;
  },
};

const version: Verb = {
  help: 'Print the version',
  usage: '',
  flags: [flag('--short', 'Only the number')],
  run: (session, flags) => {
    session.io.out(flags.has('--short') ? `${VERSION}\n` : `rcompose version ${VERSION}\n`);
    return Promise.resolve(0);
  },
};

export const SHOW_VERBS: Readonly<Record<string, Verb>> = { config, logs, top, events, wait, version };

/** A name that nobody has yet. */
export function randomSuffix(host: Pick<Host, 'random'>): string {
  return encodeHex(host.random(6));
}
