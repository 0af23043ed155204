// Health checks: what a container's configuration asks for, and what a result makes of its health. Pure; the numbers are
// moby's (daemon/health.go).

import type { ContainerConfig, Health, HealthConfig, HealthResult } from '@drover/docker-api';
import { apiError } from '../api-error.ts';

export interface HealthCheck {
  readonly command: readonly string[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Failures in this time after the start don't count. */
  readonly startPeriodMs: number;
  /** Between checks while the container is starting within that time. */
  readonly startIntervalMs: number;
  /** So many failures in a row make it unhealthy. */
  readonly retries: number;
}

const DEFAULT_MS = { interval: 30_000, timeout: 30_000, startPeriod: 0, startInterval: 5000 } as const;
const DEFAULT_RETRIES = 3;
const KEPT_RESULTS = 5;
const NS_PER_MS = 1_000_000;
const SHELL: readonly string[] = ['/bin/sh', '-c'];

/** Undefined when nothing is to be checked. */
export function planHealthCheck({ Healthcheck: asked, Shell: shell }: ContainerConfig): HealthCheck | undefined {
  const [kind, ...words] = asked?.Test ?? [];
  if (kind !== 'CMD' && kind !== 'CMD-SHELL') return undefined;
  const { Interval, Timeout, StartPeriod, StartInterval, Retries } = asked!;
  const ms = (ns: number | undefined, fallback: number): number => (ns ? ns / NS_PER_MS : fallback);
  return {
    command: kind === 'CMD' ? words : [...(shell?.length ? shell : SHELL), ...words],
    intervalMs: ms(Interval, DEFAULT_MS.interval),
    timeoutMs: ms(Timeout, DEFAULT_MS.timeout),
    startPeriodMs: ms(StartPeriod, DEFAULT_MS.startPeriod),
    startIntervalMs: ms(StartInterval, DEFAULT_MS.startInterval),
    retries: Retries || DEFAULT_RETRIES,
  };
}

const DURATIONS = ['Interval', 'Timeout', 'StartPeriod', 'StartInterval'] as const satisfies readonly (keyof HealthConfig)[];

/** Throws `invalid-parameter` in moby's words. */
export function checkHealthConfig(config: HealthConfig): void {
  const short = DURATIONS.find((name) => config[name] !== undefined && config[name] !== 0 && config[name] < NS_PER_MS);
  if (short !== undefined) throw apiError('invalid-parameter', `${short} in Healthcheck cannot be less than 1ms`);
  if ((config.Retries ?? 0) < 0) throw apiError('invalid-parameter', 'Retries in Healthcheck cannot be negative');
}

/** What the user leaves open, the image says. */
export function mergeHealthConfig(given: HealthConfig | null | undefined, image: HealthConfig | null | undefined): HealthConfig | undefined {
  if (!given || !image) return given ?? image ?? undefined;
  const said = Object.entries(given).filter(([, value]) => (Array.isArray(value) ? value.length > 0 : Boolean(value)));
  return { ...image, ...Object.fromEntries(said) };
}

/** Of a container that has just started; what earlier runs said is kept. */
export function startingHealth(before: Health | undefined): Health {
  return { Status: 'starting', FailingStreak: 0, Log: before?.Log ?? [] };
}

/** `ranMs`: how long the container had run when the check began. */
export function judgeResult(health: Health, result: HealthResult, check: HealthCheck, ranMs: number): Health {
  const log = [...health.Log, result].slice(-KEPT_RESULTS);
  if (result.ExitCode === 0) return { Status: 'healthy', FailingStreak: 0, Log: log };
  if (health.Status === 'starting' && ranMs < check.startPeriodMs) return { ...health, Log: log };
  const failures = health.FailingStreak + 1;
  return { Status: failures >= check.retries ? 'unhealthy' : health.Status, FailingStreak: failures, Log: log };
}

/** How long to wait for the next check. */
export function planWait(health: Health, check: HealthCheck, ranMs: number): number {
  return health.Status === 'starting' && ranMs < check.startPeriodMs ? check.startIntervalMs : check.intervalMs;
}
