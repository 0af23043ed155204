// `rancher.network` as a plan: the steps from what is there to what is configured, and what dhcpcd looks after. Pure:
// links come in, commands go out. What is as it should be gets no step, so that connections over it live on.

import { splitWords } from '@drover/core';
import type { Interface, Interfaces, Network } from './choose-entry.ts';
import { chooseEntry, listEntries, rankOf } from './choose-entry.ts';
import type { Applied, Step } from './network-step.ts';
import { attempt, command } from './network-step.ts';
import type { DhcpPlan } from './plan-dhcp.ts';
import { planDhcp, wantsDhcp } from './plan-dhcp.ts';
import { planLink, planUnconfigured } from './plan-link.ts';
import type { Link } from './links.ts';
import { compareLinkNames } from './links.ts';
import type { MadeLink } from './plan-made-links.ts';
import { planMadeLinks } from './plan-made-links.ts';

export interface NetworkPlan {
  readonly steps: readonly Step[];
  readonly made: Applied['made'];
  /** `index`: 0 for a link that the plan makes. */
  readonly links: Applied['links'];
  readonly dhcp: DhcpPlan;
  /** Links that the configuration names and that are not there. */
  readonly missing: readonly string[];
}

/** As RancherOS's own configuration has it: a card that nothing else fits asks by DHCP. */
const OTHER_CARDS: Interfaces = {
  '*': { dhcp: true, addresses: [], pre_up: [], post_up: [], bond_opts: {}, ipv4ll: false },
};

/** `all`: every link anew. `new links`: those that are not configured yet, because they were not there. */
export type Occasion = 'all' | 'new links';

export function planNetwork(network: Network, observed: readonly Link[], applied: Applied, occasion: Occasion): NetworkPlan {
  const interfaces = { ...OTHER_CARDS, ...network.interfaces };
  const cards = observed.filter(({ isCard }) => isCard).sort((a, b) => compareLinkNames(a.name, b.name));
  const made = planMadeLinks(interfaces, cards);
  const removed = planRemoval(made, applied);
  const links = observed.filter(({ name }) => !removed.has(name)).map((link) => (removed.has(link.master ?? '') ? { ...link, master: undefined } : link));
  const toMake = made.filter(({ name }) => !links.some((link) => link.name === name));
  const isSettled = (link: Link): boolean => occasion === 'new links' && applied.links[link.name]?.index === link.index;

  const configured = chooseLinks(interfaces, cards, links, made);
  const gateways = new Map<string, number>();
  const results = configured.map(({ link, entry }) => ({ link, ...planLink(link, entry, applied.links[link.name], gateways) }));
  const steps = [
    ...(occasion === 'all' ? userSteps(network.pre_cmds) : []),
    ...[...removed].filter((name) => observed.some((link) => link.name === name)).map((name) => attempt(['ip', 'link', 'del', 'dev', name])),
    ...toMake.flatMap(({ make }) => make.map(command)),
    ...links.filter((link) => link.name in applied.links && !configured.some((one) => one.link.name === link.name)).flatMap((link) => planUnconfigured(link, applied.links[link.name]!)),
    ...results.filter(({ link }) => !isSettled(link)).flatMap((one) => one.steps),
  ];
  return {
    steps,
    made: Object.fromEntries(made.map((one) => [one.name, printMake(one)])),
    links: Object.fromEntries(results.map(({ link, outcome }) => [link.name, { ...outcome, index: link.index }])),
    dhcp: planDhcp(network.interfaces, configured.filter(({ entry }) => wantsDhcp(entry)).map(({ link, entry }) => ({ name: link.name, entry }))),
    missing: listEntries(network.interfaces).map(({ match }) => match).filter((match) => !match.includes('*') && !links.some((link) => rankOf(match, link) > 0) && !made.some(({ name }) => name === match)),
  };
}

/** After the links: what runs when they have their addresses. */
export function planEnd(network: Network): Step[] {
  return userSteps(network.post_cmds);
}

/** Made by an earlier plan, and now not wanted, or wanted otherwise; with the VLANs on them, which go with them. */
function planRemoval(made: readonly MadeLink[], applied: Applied): Set<string> {
  const removed = new Set(Object.keys(applied.made).filter((name) => {
    const wanted = made.find((one) => one.name === name);
    return wanted === undefined || printMake(wanted) !== applied.made[name];
  }));
  for (const { name, on } of made) if (on !== undefined && removed.has(on)) removed.add(name);
  return removed;
}

interface ConfiguredLink {
  readonly link: Link;
  readonly entry: Interface;
}

/** Cards first, then what stands on them; other links (of the user's own making) last. */
function chooseLinks(interfaces: Interfaces, cards: readonly Link[], links: readonly Link[], made: readonly MadeLink[]): ConfiguredLink[] {
  const find = (name: string): Link => links.find((link) => link.name === name) ?? { name, index: 0, mac: '', isCard: false, isUp: false, mtu: 0, master: undefined, addresses: [] };
  const others = links.filter((link) => !link.isCard && !made.some(({ name }) => name === link.name));
  return [...cards.map(({ name }) => find(name)), ...made.map(({ name }) => find(name)), ...others].flatMap((link) => {
    const entry = chooseEntry(interfaces, link);
    return entry === undefined ? [] : [{ link, entry }];
  });
}

function printMake({ make }: MadeLink): string {
  return make.map((argv) => argv.join(' ')).join('; ');
}

/** Words as a shell splits them, but without a shell. */
function userSteps(lines: readonly string[]): Step[] {
  // With a quote left open the line is no program's name either, and the log says which one was not found.
  return lines.map((line) => splitWords(line) ?? [line]).filter((words) => words.length > 0).map((argv) => ({ argv, kind: 'user' }));
}
