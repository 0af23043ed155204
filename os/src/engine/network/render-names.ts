// Who is who on a container's networks, as lines of its /etc/hosts: links as in dockerd, then everybody who shares a bridge
// with it (docs/decisions/names-between-containers.md). Pure.

import type { Container } from '../container/container.ts';
import type { ContainerRecord } from '../container/container-record.ts';
import type { Endpoint } from './network-record.ts';

/** Lines that end so are ours; all others stay as they are. */
const MARK = '# System Docker';

type Named = Pick<Container, 'id' | 'name' | 'run'> & { readonly record: { readonly config: Pick<ContainerRecord['config'], 'Hostname'> } };

export function renderNames(text: string, container: Named, running: readonly Named[]): string {
  const kept = text.split('\n').filter((line) => !line.endsWith(MARK));
  while (kept.at(-1) === '') kept.pop();
  const lines = [...planLinks(container, running), ...planNeighbours(container, running)];
  return [...kept, ...lines.map(({ address, names }) => `${address}\t${names.join(' ')}\t${MARK}`), ''].join('\n');
}

interface Line {
  readonly address: string;
  readonly names: readonly string[];
}

/** What a container is called on a network. */
export function namesOn({ id, name, record }: Named, { aliases }: Pick<Endpoint, 'aliases'>): string[] {
  return [...new Set([name, ...aliases, id.slice(0, 12), record.config.Hostname || name])];
}

function planLinks(container: Named, running: readonly Named[]): Line[] {
  return endpointsOf(container).flatMap((own) => own.links.flatMap((link) => {
    const [target = '', alias = target] = link.split(':');
    const other = running.find(({ id, name }) => name === target || id === target || (target.length >= 12 && id.startsWith(target)));
    const there = other === undefined ? undefined : endpointsOf(other).find(({ networkId }) => networkId === own.networkId);
    return there === undefined ? [] : [{ address: there.address, names: [...new Set([alias, other!.id.slice(0, 12), other!.name])] }];
  }));
}

/** Itself, too: by its aliases it is asked for by its own programs as well. */
function planNeighbours(container: Named, running: readonly Named[]): Line[] {
  return endpointsOf(container).flatMap((own) => running.flatMap((other) => (
    endpointsOf(other).filter(({ networkId }) => networkId === own.networkId).map((there) => ({ address: there.address, names: namesOn(other, there) }))
  )));
}

function endpointsOf({ run }: Named): readonly Endpoint[] {
  return run?.network?.endpoints ?? [];
}
