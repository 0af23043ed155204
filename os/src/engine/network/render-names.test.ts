import { equal, test } from '@drover/testing';
import type { ContainerRun } from '../container/container-record.ts';
import { NO_PROCESS } from '../container/container-record.ts';
import type { Endpoint } from './network-record.ts';
import { renderNames } from './render-names.ts';

interface Made {
  readonly id: string;
  readonly name: string;
  readonly run: ContainerRun;
  readonly record: { readonly config: { readonly Hostname: string } };
}

function container(digit: string, name: string, places: Readonly<Record<string, string>>, more: Partial<Endpoint> = {}): Made {
  const endpoints = Object.entries(places).map(([networkId, address]): Endpoint => ({
    networkId, networkName: networkId, endpointId: '', address, prefixLength: 24, gateway: '', mac: '', link: '', inside: '', aliases: [], links: [], ...more,
  }));
  return { id: digit.repeat(64), name, run: { phase: 'running', ...NO_PROCESS, network: { sandboxId: '', endpoints, ports: [] } }, record: { config: { Hostname: `host-${digit}` } } };
}

const BASE = '127.0.0.1\tlocalhost\n10.0.0.2\tmine\n';

test('a container knows everybody on its networks by name, aliases and short id, and nobody else', () => {
  const web = container('1', 'web', { a: '10.0.0.2' });
  const data = container('2', 'data', { a: '10.0.0.3', b: '10.0.1.3' }, { aliases: ['db'] });
  const far = container('3', 'far', { b: '10.0.1.4' });
  equal(renderNames(BASE, web, [web, data, far]), `${BASE}10.0.0.2\tweb 111111111111 host-1\t# System Docker\n10.0.0.3\tdata db 222222222222 host-2\t# System Docker\n`);
});

test('who has gone is forgotten, and lines that the container wrote itself stay', () => {
  const web = container('1', 'web', { a: '10.0.0.2' });
  const before = `${BASE}10.0.0.9\tgone\t# System Docker\n1.2.3.4\town # comment\n`;
  equal(renderNames(before, web, [web]), `${BASE}1.2.3.4\town # comment\n10.0.0.2\tweb 111111111111 host-1\t# System Docker\n`);
  equal(renderNames(renderNames(before, web, [web]), web, [web]), renderNames(before, web, [web]));
});

test('a link is a further name for another container on the same network, running or not yet', () => {
  const data = container('2', 'data', { a: '10.0.0.3' });
  const web = container('1', 'web', { a: '10.0.0.2' }, { links: ['data:db', 'later:x', '222222222222'] });
  equal(renderNames('', web, [data]).split('\n').slice(0, 2).join('\n'), '10.0.0.3\tdb 222222222222 data\t# System Docker\n10.0.0.3\t222222222222 data\t# System Docker');
});
