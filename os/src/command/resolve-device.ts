// `ros dev [DEVICE]`: the path of a device; an empty line when there is none. Scripts of RancherOS call it without one.

import { resolveDevice } from '../boot/block-devices.ts';
import type { CommandContext } from './command.ts';
import type { Flags } from './parse-flags.ts';

export async function run({ host, out }: Pick<CommandContext, 'host' | 'out'>, { operands: [spec] }: Flags): Promise<number> {
  if (spec === undefined) return 0;
  const path = resolveDevice(host, spec);
  out(`${path ?? ''}\n`);
  return path === undefined ? 1 : 0;
}
