// How fast machines may run: KVM when a kernel really boots with it (having /dev/kvm is not enough: some nested
// hypervisors kill the guest with an internal error), software emulation otherwise. The verdict is kept.

import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { dirname, join } from 'node:path';
import type { Workspace } from '@drover/builder';
import { runCommand } from '@drover/builder';
import { QEMU } from './command-line.ts';

export interface Accelerator {
  readonly kind: 'kvm' | 'tcg';
  readonly arguments: readonly string[];
  /** Kernel words that make a machine faster or steadier with it, and the product no other. */
  readonly words: readonly string[];
}

export const KVM: Accelerator = { kind: 'kvm', arguments: ['-accel', 'kvm', '-cpu', 'host', '-smp', '2'], words: [] };
/**
 * QEMU 7.2 emulates cmpxchg16b in a way that corrupts guests with several threads. And with a host thread a guest CPU,
 * about one boot in twenty dies of `Oops: int3`: a CPU keeps a translation of code that the other CPU was patching
 * (see docs/decisions/emulator-threads.md). One host thread costs little when two machines share two cores.
 *
 * With random addresses each start of a program puts its code elsewhere, and the emulator translates all of it anew:
 * three quarters of what a start costs. On a real processor they are free.
 *
 * When the host is busy, the emulated timer may be late while the kernel tests that it ticks at all, and the kernel
 * panics: `IO-APIC + timer doesn't work!`. It skips that test where it knows the hypervisor, which the emulator is not.
 */
export const TCG: Accelerator = { kind: 'tcg', arguments: ['-accel', 'tcg,thread=single', '-cpu', 'max,cx16=off', '-smp', '1'], words: ['norandmaps', 'no_timer_check'] };
/** For measuring one machine at a time, as it is: CPUs that really run side by side, at the price of a boot that now and then dies. */
export const TCG_PARALLEL: Accelerator = { kind: 'tcg', arguments: ['-accel', 'tcg,thread=multi', '-cpu', 'max,cx16=off', '-smp', '2'], words: [] };

const PROBE_DEADLINE_MS = 15_000;

/** `kernel` is booted for the probe, without any disk: with a working KVM it soon panics for want of a root. */
export async function findAccelerator(workspace: Workspace, kernel: string): Promise<Accelerator> {
  if (!canOpenKvm()) return TCG;
  const file = join(workspace.cache, 'run/accelerator.json');
  const version = (await runCommand([QEMU, '--version'])).stdout.toString().split('\n')[0] ?? '';
  const subject = `${release()} ${version}`;
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { subject: string; kind: string }) : undefined;
  if (known?.subject === subject) return known.kind === 'kvm' ? KVM : TCG;
  const verdict = (await bootsWithKvm(kernel)) ? KVM : TCG;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ subject, kind: verdict.kind })}\n`);
  return verdict;
}

function canOpenKvm(): boolean {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false; // absent or not ours to use
  }
}

function bootsWithKvm(kernel: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(
      QEMU,
      ['-nodefaults', '-display', 'none', '-no-reboot', ...KVM.arguments, '-m', '256', '-serial', 'stdio', '-kernel', kernel, '-append', 'console=ttyS0 panic=-1'],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    let text = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), PROBE_DEADLINE_MS);
    const works = (): boolean => text.includes('Unable to mount root fs');
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (works()) child.kill('SIGKILL');
    });
    child.on('error', () => resolve(false));
    child.on('close', () => {
      clearTimeout(timer);
      resolve(works());
    });
  });
}
