// On what the figures were taken; no names of machines.

import { cpus, totalmem } from 'node:os';
import { QEMU } from '@drover/e2e';
import { runCommand } from '@drover/builder';

export async function describeHost(accelerator: 'kvm' | 'tcg'): Promise<string> {
  const processors = cpus();
  const version = (await runCommand([QEMU, '--version'])).stdout.toString().split('\n')[0]?.replace(/ \(.*/, '') ?? '';
  const how = accelerator === 'kvm' ? 'KVM' : 'software emulation (TCG, a thread a guest CPU)';
  return `${processors.length} x ${processors[0]?.model.trim() ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GB; ${version}, ${how}; guests have 2 CPUs and 512 MB`;
}
