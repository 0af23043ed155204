// `ros netconf`: the network container's command. Applies rancher.network, then becomes dhcpcd.

import { explain } from '@drover/core';
import type { SystemHost } from '@drover/host';
import type { AppletContext, Terminal } from '../applet.ts';
import { readRunningConfiguration } from '../boot/configuration.ts';
import { LINKS, listCards } from '../network/list-cards.ts';
import type { Card, NetworkPlan } from '../network/plan-network.ts';
import { planNetwork, renderDhcpcdConf } from '../network/plan-network.ts';

const BASE_CONF = '/etc/dhcpcd.conf';
const CONF = '/run/ros/dhcpcd.conf';
/** Drivers of cards are loaded in the background; a card that is named is worth a wait. */
const LATE_CARDS_MS = 20_000;
const POLL_MS = 200;

export async function main({ host, terminal }: AppletContext): Promise<number> {
  const { files, kernel, processes, clock } = host;
  const { network } = readRunningConfiguration(host).rancher;
  const deadline = clock.monotonic() + LATE_CARDS_MS;
  const makePlan = (): NetworkPlan => {
    const cards = listCards(files).map((name): Card => ({ name, mac: files.readText(`${LINKS}/${name}/address`).trim() }));
    return planNetwork(network, cards, files.list(LINKS));
  };
  let plan = makePlan();
  while (plan.missing.length > 0 && clock.monotonic() < deadline) {
    await clock.sleep(POLL_MS);
    plan = makePlan();
  }
  for (const name of plan.missing) terminal.err(`rancher.network.interfaces: there is no ${name}\n`);
  await apply(host, terminal, plan);
  files.write(CONF, renderDhcpcdConf(files.readText(BASE_CONF), plan));
  return kernel.exec('/usr/sbin/dhcpcd', ['dhcpcd', '--nobackground', '--config', CONF], [...processes.environment()]);
}

async function apply({ files, processes }: SystemHost, terminal: Terminal, { commands, resolvConf }: NetworkPlan): Promise<void> {
  if (resolvConf !== undefined) files.write('/etc/resolv.conf', resolvConf); // a mount of its own: written in place
  for (const command of commands) {
    try {
      const { code, stdout, stderr } = await processes.run(command);
      if (code !== 0) terminal.err(`${command.join(' ')}: ${stderr.trim() || stdout.trim() || `ended with ${code}`}\n`);
    } catch (error) {
      terminal.err(`${command.join(' ')}: ${explain(error)}\n`);
    }
  }
}
