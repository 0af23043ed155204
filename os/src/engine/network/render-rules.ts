// The packet filter for System Docker's bridges: chains of its own in the tables nat and filter, and jumps to them from the
// kernel's. They are rendered whole at each change and handed to iptables-restore, which replaces each table at once. Pure.
// INVARIANT: what is not in a chain of ours is not touched: User Docker's rules and the machine's own stand beside them.

import type { PublishedPort } from './network-record.ts';

export interface BridgeRules {
  readonly bridge: string;
  readonly subnet: string;
  /** Reaches nothing outside and is reached by nobody. */
  readonly internal: boolean;
  readonly ports: readonly PublishedPort[];
}

type Table = 'nat' | 'filter';

interface Chain {
  readonly table: Table;
  readonly name: string;
  /** Rules of the kernel's chains that lead here. */
  readonly jumps: readonly string[];
}

const TO_LOCAL = '-m addrtype --dst-type LOCAL -j DOCKER-SYS';

const CHAINS: readonly Chain[] = [
  { table: 'nat', name: 'DOCKER-SYS', jumps: [`PREROUTING ${TO_LOCAL}`, `OUTPUT ${TO_LOCAL}`] },
  { table: 'nat', name: 'DOCKER-SYS-SOURCE', jumps: ['POSTROUTING -j DOCKER-SYS-SOURCE'] },
  { table: 'filter', name: 'DOCKER-SYS-FORWARD', jumps: ['FORWARD -j DOCKER-SYS-FORWARD'] },
  { table: 'filter', name: 'DOCKER-SYS-INPUT', jumps: ['INPUT -j DOCKER-SYS-INPUT'] },
];

const TABLES: readonly Table[] = ['nat', 'filter'];

/** The input of `iptables-restore --noflush`. `saved`: what iptables-save prints now. */
export function renderRules(bridges: readonly BridgeRules[], saved: string): string {
  const rules = planRules(bridges);
  return TABLES.map((table) => {
    const chains = CHAINS.filter((chain) => chain.table === table);
    const present = tableOf(saved, table);
    const missing = chains.flatMap(({ jumps }) => jumps).filter((jump) => !present.includes(`-A ${jump}`));
    return renderTable(table, [
      ...chains.map(({ name }) => `:${name} - [0:0]`),
      ...missing.map((jump) => `-I ${jump}`),
      ...chains.flatMap(({ name }) => rules[name]!.map((rule) => `-A ${name} ${rule}`)),
    ]);
  }).join('');
}

/** Takes away whatever of ours is there; empty when there is nothing. */
export function renderRemoval(saved: string): string {
  return TABLES.map((table) => {
    const present = tableOf(saved, table);
    const chains = CHAINS.filter(({ table: other, name }) => other === table && present.some((line) => line.startsWith(`:${name} `)));
    if (chains.length === 0) return '';
    const jumps = present.filter((line) => /^-A (PREROUTING|OUTPUT|POSTROUTING|FORWARD|INPUT) /.test(line) && chains.some(({ name }) => line.endsWith(` -j ${name}`)));
    return renderTable(table, [...chains.map(({ name }) => `:${name} - [0:0]`), ...jumps.map((line) => line.replace('-A', '-D')), ...chains.map(({ name }) => `-X ${name}`)]);
  }).join('');
}

function renderTable(table: Table, lines: readonly string[]): string {
  return [`*${table}`, ...lines, 'COMMIT', ''].join('\n');
}

function tableOf(saved: string, table: Table): string[] {
  const lines = saved.split('\n');
  const start = lines.indexOf(`*${table}`);
  return start < 0 ? [] : lines.slice(start, lines.indexOf('COMMIT', start));
}

const KNOWN = '-m conntrack --ctstate RELATED,ESTABLISHED';

function planRules(bridges: readonly BridgeRules[]): Readonly<Record<string, readonly string[]>> {
  const open = bridges.filter(({ internal }) => !internal);
  const each = (render: (one: BridgeRules) => readonly string[], of: readonly BridgeRules[] = bridges): string[] => of.flatMap(render);
  return {
    'DOCKER-SYS': each(({ ports }) => ports.map(renderForwarding), open),
    'DOCKER-SYS-SOURCE': [
      ...each(({ bridge, subnet }) => [`-s ${subnet} ! -o ${bridge} -j MASQUERADE`], open),
      // Who reaches a neighbour, or itself, by a published port must get its answers by the same way; so must the machine's own loopback.
      ...each(({ bridge, subnet }) => [`-s ${subnet} -o ${bridge} -m conntrack --ctstate DNAT -j MASQUERADE`, `-s 127.0.0.0/8 -o ${bridge} -j MASQUERADE`], open),
    ],
    'DOCKER-SYS-FORWARD': [
      ...each(({ bridge }) => [`-i ${bridge} -o ${bridge} -j ACCEPT`]),
      ...each(({ bridge }) => [`-o ${bridge} ${KNOWN} -j ACCEPT`]),
      ...each(({ bridge, internal }) => (internal ? [`-i ${bridge} -j DROP`] : [])),
      ...each(({ bridge, ports }) => ports.map(({ address, protocol, port }) => `-d ${address}/32 ! -i ${bridge} -o ${bridge} -p ${protocol} -m ${protocol} --dport ${port} -j ACCEPT`), open),
      ...each(({ bridge }) => [`! -i ${bridge} -o ${bridge} -j DROP`]),
      ...each(({ bridge }) => [`-i ${bridge} -j ACCEPT`], open),
    ],
    // Published ports of the loopback need route_localnet, which would let containers reach the machine's loopback, too.
    'DOCKER-SYS-INPUT': each(({ bridge }) => [`-d 127.0.0.0/8 -i ${bridge} -m conntrack ! --ctstate RELATED,ESTABLISHED -j DROP`]),
  };
}

function renderForwarding({ hostAddress, hostPort, protocol, address, port }: PublishedPort): string {
  const where = hostAddress === '0.0.0.0' ? '' : `-d ${hostAddress}/32 `;
  return `${where}-p ${protocol} -m ${protocol} --dport ${hostPort} -j DNAT --to-destination ${address}:${port}`;
}
