// `reboot`, `poweroff`, `halt`, `shutdown`: ask PID 1, which stops everything in order. -f goes around it.

import type { PowerAction } from '@drover/host';
import type { AppletContext } from '../applet.ts';
import { reportUsage } from '../applet.ts';
import { signalFor } from '../boot/power.ts';
import { parsePowerCommand } from '../boot/power-command.ts';

const DONE: Readonly<Record<PowerAction, string>> = { reboot: 'rebooting', poweroff: 'powering off', halt: 'halting' };

export async function main(context: AppletContext): Promise<number> {
  const { host, terminal } = context;
  const request = parsePowerCommand(context.name, context.args, new Date(host.clock.now()));
  if ('help' in request) {
    terminal.out(request.help);
    return 0;
  }
  if ('problem' in request) return reportUsage(context, request.problem, request.usage);
  if (host.processes.uid !== 0) {
    terminal.err(`${context.name}: Need to be root\n  hint: sudo ${context.name}\n`);
    return 1;
  }
  if (request.force) {
    host.kernel.sync();
    host.kernel.power(request.action);
  }
  if (request.delayMs > 0) {
    terminal.out(`${DONE[request.action]} in ${Math.round(request.delayMs / 1000)} s; Ctrl-C cancels\n`);
    await host.clock.sleep(request.delayMs);
  }
  host.processes.kill(1, signalFor(request.action));
  return 0;
}
