import { equal, test } from '@drover/testing';
import { planRun, renderPlan } from './plan-run.ts';
import type { AreaScenario } from './plan-run.ts';
import type { ScenarioOptions, Setup } from './scenario.ts';
import { scenario } from './scenario.ts';

const standard: Setup = { name: 'standard', prepare: () => Promise.reject(new Error('not here')), ready: () => Promise.resolve() };

function one(title: string, options: ScenarioOptions = {}): AreaScenario {
  return { area: 'boot', scenario: scenario(title, options, () => Promise.resolve()) };
}

const ALL = [
  one('it starts', { minutes: 2 }),
  one('it breaks things', { on: standard, leaves: 'dirty' }),
  one('it looks around', { on: standard, minutes: 2 }),
  one('it runs for hours', { long: true, minutes: 90 }),
];

test('scenarios on the same setup share a machine, the tidy ones first, and the longest job leads', () => {
  equal(
    renderPlan(planRun(ALL, { long: false, names: [] })),
    [
      'on standard (about 2.25 min)',
      '  boot: it looks around',
      '  boot: it breaks things (restored afterwards)',
      'own machines (about 2 min)',
      '  boot: it starts',
      '',
    ].join('\n'),
  );
});

test('long scenarios run when asked for, by --long or by name', () => {
  equal(planRun(ALL, { long: true, names: [] })[0]?.minutes, 90);
  equal(renderPlan(planRun(ALL, { long: false, names: ['HOURS'] })), 'own machines (about 90 min)\n  boot: it runs for hours\n');
});

test('a name that nothing matches gives an empty plan', () => {
  equal(planRun(ALL, { long: false, names: ['nothing like it'] }).length, 0);
});
