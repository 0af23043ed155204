// Runs the steps of a plan, one after the other. One that fails is reported, and the others still run.

import { explain } from '@drover/core';
import type { Host } from '@drover/host';
import type { Step } from './network-step.ts';

const USER_COMMAND_MS = 60_000;

export async function runSteps(host: Host, steps: readonly Step[], report: (problem: string) => void): Promise<void> {
  for (const step of steps) {
    try {
      const problem = step.kind === 'user' ? await runUserCommand(host, step.argv) : await runCommand(host, step);
      if (problem !== undefined) report(`${step.argv.join(' ')}: ${problem}`);
    } catch (error) {
      report(`${step.argv.join(' ')}: ${explain(error)}`);
    }
  }
}

async function runCommand({ processes }: Host, { argv, kind }: Step): Promise<string | undefined> {
  const { code, stdout, stderr } = await processes.run(argv);
  return code === 0 || kind === 'attempt' ? undefined : stderr.trim() || stdout.trim() || `ended with ${code}`;
}

/** What it leaves in the background may keep its output open: only the command itself is waited for. */
async function runUserCommand({ processes, clock }: Host, argv: readonly string[]): Promise<string | undefined> {
  const child = processes.start(argv, { stdout: 'inherit', stderr: 'inherit' });
  const exit = await Promise.race([child.wait(), clock.sleep(USER_COMMAND_MS)]);
  if (exit === undefined) {
    child.kill('KILL');
    return `did not end within ${USER_COMMAND_MS / 1000} s, and was stopped`;
  }
  return exit.code === 0 ? undefined : `ended with ${exit.code}`;
}
