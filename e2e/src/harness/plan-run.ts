// Which scenarios run, on what, in what order: decided before any machine starts.

import type { Scenario, Setup } from './scenario.ts';

export interface AreaScenario {
  readonly area: string;
  readonly scenario: Scenario;
}

/** What one worker does in one go: scenarios that share a machine, or one that has its own. */
export interface Job {
  readonly setup: Setup | undefined;
  readonly minutes: number;
  readonly scenarios: readonly AreaScenario[];
}

export interface Selection {
  readonly long: boolean;
  /** A scenario is chosen when one of these occurs in `area: title`, whatever the case; all of them when empty. */
  readonly names: readonly string[];
}

export function titleOf({ area, scenario }: AreaScenario): string {
  return `${area}: ${scenario.title}`;
}

/** Longest job first, so that the workers end at about the same time. */
export function planRun(all: readonly AreaScenario[], selection: Selection): Job[] {
  const wanted = all.filter((one) => isWanted(one, selection));
  const shared = new Map<Setup, AreaScenario[]>();
  const jobs: Job[] = [];
  for (const one of wanted) {
    const setup = one.scenario.on;
    if (setup === undefined) jobs.push({ setup, minutes: minutesOf(one), scenarios: [one] });
    else shared.set(setup, [...(shared.get(setup) ?? []), one]);
  }
  for (const [setup, scenarios] of shared) {
    const ordered = [...scenarios.filter((one) => !isDirty(one)), ...scenarios.filter(isDirty)];
    jobs.push({ setup, scenarios: ordered, minutes: ordered.reduce((sum, one) => sum + minutesOf(one), 0) });
  }
  return jobs.sort((a, b) => b.minutes - a.minutes);
}

function isWanted(one: AreaScenario, { long, names }: Selection): boolean {
  const title = titleOf(one).toLowerCase();
  const named = names.some((name) => title.includes(name.toLowerCase()));
  return names.length > 0 ? named : long || one.scenario.long !== true;
}

function isDirty({ scenario }: AreaScenario): boolean {
  return scenario.leaves === 'dirty';
}

function minutesOf({ scenario }: AreaScenario): number {
  return scenario.minutes ?? (scenario.on === undefined ? 1 : 0.25);
}

/** One line a scenario: for --list and for tests. */
export function renderPlan(jobs: readonly Job[]): string {
  const lines = jobs.flatMap((job) => [
    `${job.setup === undefined ? 'own machines' : `on ${job.setup.name}`} (about ${job.minutes} min)`,
    ...job.scenarios.map((one) => `  ${titleOf(one)}${isDirty(one) ? ' (restored afterwards)' : ''}`),
  ]);
  return lines.map((line) => `${line}\n`).join('');
}
