// Makes the machine's bridges, packet filter and the containers' files of names what the running containers ask for. What
// nobody uses any more is taken away: on a machine without a container on a bridge there is no trace of any of it.

import { explain, RosError } from '@drover/core';
import type { Engine } from '../engine.ts';
import type { Bridge } from './bridge-table.ts';
import { listMembers, readLinkIndex, removeLink } from './links.ts';
import type { Endpoint, PublishedPort } from './network-record.ts';
import { renderNames } from './render-names.ts';
import type { BridgeRules } from './render-rules.ts';
import { renderRemoval, renderRules } from './render-rules.ts';

/** No container has such an id. Taken after a container's lock, never before. */
export const NETWORKS_LOCK = 'networks';

const LIMIT_MS = 60_000;

/** Throws `system` when the packet filter can't be set. */
export function syncNetworks(engine: Engine): Promise<void> {
  return engine.locks.run(NETWORKS_LOCK, async () => {
    removeUnusedLinks(engine);
    await applyRules(engine);
    forgetBridges(engine);
    writeNames(engine);
  });
}

function liveEndpoints({ containers }: Engine): Endpoint[] {
  return containers.list().flatMap(({ run }) => run?.network?.endpoints ?? []);
}

function usedBridges(engine: Engine): Bridge[] {
  const used = new Set(liveEndpoints(engine).map(({ networkId }) => networkId));
  return engine.bridges.list().filter(({ networkId }) => used.has(networkId));
}

function removeUnusedLinks(engine: Engine): void {
  const { host, bridges } = engine;
  const live = new Set(liveEndpoints(engine).map(({ link }) => link));
  const used = usedBridges(engine);
  for (const bridge of bridges.list()) {
    for (const member of listMembers(host, bridge.link)) if (/^veth[0-9a-f]{7}$/.test(member) && !live.has(member)) removeLink(host, member);
    if (!used.includes(bridge)) removeLink(host, bridge.link);
  }
}

/** Those that are gone, whose rules are gone, too. */
function forgetBridges(engine: Engine): void {
  const used = usedBridges(engine);
  for (const bridge of engine.bridges.list()) if (!used.includes(bridge) && readLinkIndex(engine.host, bridge.link) === undefined) engine.bridges.remove(bridge);
}

async function applyRules(engine: Engine): Promise<void> {
  const bridges = usedBridges(engine).map((bridge) => toRules(engine, bridge));
  const wanted = JSON.stringify(bridges);
  if (wanted === engine.bridges.rules) return;
  engine.bridges.rules = '';
  const saved = await runIptables(engine, '-save', []);
  const text = bridges.length === 0 ? renderRemoval(saved) : renderRules(bridges, saved);
  if (text !== '') await runIptables(engine, '-restore', ['--noflush', '--wait', '10'], text);
  engine.bridges.rules = wanted;
}

function toRules(engine: Engine, { networkId, link, subnet, internal }: Bridge): BridgeRules {
  const ports = engine.containers.list().flatMap(({ run }): readonly PublishedPort[] => {
    const isThere = run?.network?.endpoints.some((endpoint) => endpoint.networkId === networkId && run.network!.ports.some(({ address }) => address === endpoint.address));
    return isThere === true ? run!.network!.ports : [];
  });
  return { bridge: link, subnet, internal, ports };
}

async function runIptables(engine: Engine, which: '-save' | '-restore', args: readonly string[], input?: string): Promise<string> {
  const { iptables } = engine.programs;
  if (iptables === undefined) throw new RosError('system', 'a container on a bridge needs iptables, and there is none', { hint: 'use --net host or --net none' });
  const { code, stdout, stderr } = await engine.host.processes.run([iptables + which, ...args], { timeoutMs: LIMIT_MS, ...(input !== undefined && { input }) });
  if (code !== 0) throw new RosError('system', `iptables${which} failed: ${stderr.trim()}`);
  return stdout;
}

/** Each container knows those that are on its networks. */
function writeNames(engine: Engine): void {
  const { files } = engine.host;
  const running = engine.containers.list().filter(({ run }) => run?.network !== undefined);
  for (const container of running) {
    const path = `${engine.paths.bundle(container.id)}/hosts`;
    try {
      const before = files.readTextIfPresent(path);
      if (before === undefined) continue; // it is just being made: its own start comes back here
      const after = renderNames(before, container, running);
      if (after !== before) files.overwriteText(path, after);
    } catch (error) {
      engine.log.error(`the names of others are not written to ${path}: ${explain(error)}`, { container: container.id, name: container.name });
    }
  }
}
