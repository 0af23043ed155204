// Restart policies and moby's back-off: 100 ms, doubled at each restart up to a minute, reset after 10 s of running.

import type { RestartPolicy } from '@drover/docker-api';
import { apiError } from '../api-error.ts';

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 60_000;
const SETTLED_MS = 10_000;

export interface ExitFacts {
  readonly exitCode: number;
  readonly ranMs: number;
  readonly manuallyStopped: boolean;
  /** Restarts by the policy since the container was last started by hand. */
  readonly restartCount: number;
  /** Of the last restart; 0 for none. */
  readonly lastDelayMs: number;
}

/** How long to wait before the restart, or undefined for none. */
export function planRestart(policy: RestartPolicy | undefined, exit: ExitFacts): number | undefined {
  if (exit.manuallyStopped || !wantsRestart(policy, exit)) return undefined;
  if (exit.lastDelayMs === 0 || exit.ranMs >= SETTLED_MS) return FIRST_DELAY_MS;
  return Math.min(exit.lastDelayMs * 2, LONGEST_DELAY_MS);
}

function wantsRestart(policy: RestartPolicy | undefined, exit: ExitFacts): boolean {
  switch (policy?.Name) {
    case 'always':
    case 'unless-stopped':
      return true;
    case 'on-failure': {
      const most = policy.MaximumRetryCount ?? 0;
      return exit.exitCode !== 0 && (most === 0 || exit.restartCount < most);
    }
    case 'no':
    case '':
    case undefined:
      return false;
    default:
      return false;
  }
}

/** Throws `invalid-parameter` in moby's words. */
export function checkRestartPolicy(policy: RestartPolicy): void {
  const { Name: name = '', MaximumRetryCount: most = 0 } = policy;
  if (!['', 'no', 'always', 'unless-stopped', 'on-failure'].includes(name)) {
    throw apiError('invalid-parameter', `invalid restart policy: unknown policy '${name}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'`);
  }
  if (name !== 'on-failure' && most !== 0) {
    const less = most < 0 ? ' and cannot be negative' : '';
    throw apiError('invalid-parameter', `invalid restart policy: maximum retry count can only be used with 'on-failure'${less}`);
  }
  if (most < 0) throw apiError('invalid-parameter', 'invalid restart policy: maximum retry count cannot be negative');
}
