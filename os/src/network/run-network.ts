// The network service: applies the plan, starts dhcpcd, and stays to configure links that come later. Without anything
// configured dhcpcd knows enough by itself, and takes its place.

import { explain, renderProblem } from '@drover/core';
import type { Configuration } from '@drover/cloud-config';
import { compactMemory } from '@drover/host-quickjs';
import type { Files, Process, SystemHost } from '@drover/host';
import { dropLeases, readLeases } from './lease.ts';
import { LINKS } from './list-cards.ts';
import type { Applied } from './network-step.ts';
import { NOTHING_APPLIED } from './network-step.ts';
import type { NetworkState } from './network-state.ts';
import { makeState, updateResolvConf, withNetworkLocked, writeState } from './network-state.ts';
import { observeLinks } from './observe-links.ts';
import { renderDhcpcdConf } from './plan-dhcp.ts';
import type { NetworkPlan, Occasion } from './plan-network.ts';
import { planEnd, planNetwork } from './plan-network.ts';
import { runSteps } from './run-steps.ts';

const BASE_CONF = '/etc/dhcpcd.conf';
const CONF = '/run/ros/dhcpcd.conf';
const DHCPCD = '/usr/sbin/dhcpcd';
const DHCPCD_ARGUMENTS = ['--nobackground', '--config', CONF];
/** Drivers of cards are loaded in the background; a card that is named is worth a wait. */
const LATE_CARDS_MS = 10_000;
/** A new card is announced before it has its final name. */
const SETTLE_MS = 100;
const POLL_MS = 200;
const STOP_MS = 5000;
const DEFAULT_DHCP_S = 10;

type Report = (problem: string) => void;

/** `before`: of an earlier run of this boot. Resolves to an exit code; System Docker then starts it again. */
export async function runNetwork(host: SystemHost, report: Report, config: Configuration, before: NetworkState | undefined): Promise<number> {
  const { network } = config.rancher;
  const isPlain = Object.keys(network.interfaces).length === 0 && network.pre_cmds.length === 0 && network.post_cmds.length === 0;
  const service = new NetworkService(host, report, config, before === undefined ? NOTHING_APPLIED : withLeases(host.files, before.applied));
  if (!isPlain) return service.stay();
  if (before === undefined) await service.prepareDhcp(planNetwork(network, [], NOTHING_APPLIED, 'all')); // nothing to look at, nothing to do
  else await service.applyAll();
  return host.kernel.exec(DHCPCD, ['dhcpcd', ...DHCPCD_ARGUMENTS], [...host.processes.environment()]);
}

/** What dhcpcd did by itself while nothing was configured. */
function withLeases(files: Files, applied: Applied): Applied {
  const leased = readLeases(files).map(({ link }) => [link, { index: indexOf(files, link) ?? 0, dhcp: true, addresses: [], gateways: [] }] as const);
  return { ...applied, links: { ...Object.fromEntries(leased), ...applied.links } };
}

function indexOf(files: Files, name: string): number | undefined {
  const text = files.readTextIfPresent(`${LINKS}/${name}/ifindex`);
  return text === undefined ? undefined : Number(text);
}

class NetworkService {
  private readonly host: SystemHost;
  private readonly report: Report;
  private readonly config: Configuration;
  private applied: Applied;
  private dhcpcd: Process | undefined;
  private end: (code: number) => void = () => undefined;

  constructor(host: SystemHost, report: Report, config: Configuration, applied: Applied) {
    this.host = host;
    this.report = report;
    this.config = config;
    this.applied = applied;
  }

  async applyAll(): Promise<void> {
    const { clock } = this.host;
    const deadline = clock.monotonic() + LATE_CARDS_MS;
    let plan = await this.plan('all');
    while (plan.missing.length > 0 && clock.monotonic() < deadline) {
      await clock.sleep(POLL_MS);
      plan = await this.plan('all');
    }
    for (const name of plan.missing) this.report(`rancher.network.interfaces: there is no ${name}; it is configured when it comes`);
    for (const problem of plan.dhcp.problems) this.report(renderProblem(problem));
    await this.apply(plan);
  }

  /** Until it is told to end, or dhcpcd ends. */
  async stay(): Promise<number> {
    const ended = new Promise<number>((resolve) => (this.end = resolve));
    this.host.children.onSignal(['TERM', 'INT'], () => void this.stop());
    const first = this.applyAll();
    const watch = this.watchLinks(first);
    await Promise.race([first.then(() => this.serve()), ended]);
    compactMemory();
    const code = await ended;
    watch.close();
    return code;
  }

  private async serve(): Promise<void> {
    this.startDhcpcd();
    await this.runEnd();
  }

  private async plan(occasion: Occasion): Promise<NetworkPlan> {
    return planNetwork(this.config.rancher.network, await observeLinks(this.host), this.applied, occasion);
  }

  /** Returns whether dhcpcd has to read its configuration. */
  private async apply(plan: NetworkPlan): Promise<boolean> {
    await runSteps(this.host, plan.steps, this.report);
    const links = Object.entries(plan.links).flatMap(([name, link]) => {
      // The one that was looked at: a card that was replaced since has none of this, and is announced.
      const index = link.index === 0 ? indexOf(this.host.files, name) : link.index;
      return index === undefined ? [] : [[name, { ...link, index }] as const];
    });
    this.applied = { made: plan.made, links: Object.fromEntries(links) };
    return this.prepareDhcp(plan);
  }

  /** For dhcpcd and what it calls. Returns whether its configuration is another one now. */
  async prepareDhcp({ dhcp }: NetworkPlan): Promise<boolean> {
    const { files } = this.host;
    const state = makeState(this.config, dhcp.allow?.length !== 0, this.applied);
    await withNetworkLocked(this.host, () => {
      writeState(this.host, state);
      // A dhcpcd that starts with other links says nothing of those that it no longer has.
      dropLeases(files, ({ link }) => (dhcp.allow === undefined ? indexOf(files, link) === undefined : !dhcp.allow.includes(link)));
      updateResolvConf(files, state);
    });
    const conf = renderDhcpcdConf(files.readText(BASE_CONF), dhcp);
    if (files.readTextIfPresent(CONF) === conf) return false;
    files.replace(CONF, conf); // a dhcpcd that runs reads it with each link that comes
    return true;
  }

  /** Not where no link asks for it: it is the largest process of the network. */
  private startDhcpcd(): void {
    if (this.host.files.readText(CONF).includes('\nallowinterfaces none\n')) return;
    const child = this.host.processes.start([DHCPCD, ...DHCPCD_ARGUMENTS], { stdout: 'inherit', stderr: 'inherit' });
    this.dhcpcd = child;
    void child.wait().then(({ code }) => {
      if (this.dhcpcd === child) this.end(code);
    });
  }

  /** Told to read its configuration again (SIGHUP), it gives up all leases first; started again, it takes them over. */
  private async restartDhcpcd(): Promise<void> {
    const old = this.dhcpcd;
    this.dhcpcd = undefined;
    if (old !== undefined) await this.stopProcess(old);
    this.startDhcpcd();
  }

  /** Addresses and routes stay: whoever comes next changes only what has to change. */
  private async stopProcess(child: Process): Promise<void> {
    child.kill('TERM');
    const exit = await Promise.race([child.wait(), this.host.clock.sleep(STOP_MS)]);
    if (exit !== undefined) return;
    child.kill('KILL');
    await child.wait();
  }

  /** One round after the other: what a round makes is announced, too, and is known only when the round is over. */
  private watchLinks(first: Promise<void>): { close(): void } {
    const { netlink, clock } = this.host;
    let isPending = false;
    let rounds = first;
    const settle = async (): Promise<void> => {
      await clock.sleep(SETTLE_MS);
      isPending = false;
      if (await this.apply(await this.plan('new links'))) await this.restartDhcpcd();
    };
    return netlink.watchUevents((event) => {
      if (isPending || event.get('SUBSYSTEM') !== 'net' || event.get('ACTION') === 'remove') return;
      isPending = true;
      rounds = rounds.then(settle).catch((error: unknown) => this.report(`a link that came: ${explain(error)}`));
    });
  }

  /** `post_cmds` may rely on addresses: they wait for DHCP as long as `dhcp_timeout` says. */
  private async runEnd(): Promise<void> {
    const { rancher } = this.config;
    const steps = planEnd(rancher.network);
    if (steps.length === 0) return;
    const { clock, files } = this.host;
    const waiting = Object.entries(this.applied.links).filter(([, { dhcp }]) => dhcp).map(([name]) => name);
    const deadline = clock.monotonic() + (rancher.network.dhcp_timeout ?? rancher.defaults.network.dhcp_timeout ?? DEFAULT_DHCP_S) * 1000;
    const isLeased = (name: string): boolean => readLeases(files).some(({ link }) => link === name);
    while (!waiting.every(isLeased) && clock.monotonic() < deadline) await clock.sleep(POLL_MS);
    await runSteps(this.host, steps, this.report);
  }

  private async stop(): Promise<void> {
    const child = this.dhcpcd;
    this.dhcpcd = undefined;
    if (child !== undefined) await this.stopProcess(child);
    this.end(0);
  }
}
