// Every scenario of the product, by area.

import type { AreaScenario } from '../harness/plan-run.ts';
import type { Scenario } from '../harness/scenario.ts';

const AREAS: Readonly<Record<string, readonly Scenario[]>> = {
};

export const allScenarios: readonly AreaScenario[] = Object.entries(AREAS).flatMap(([area, list]) => list.map((scenario) => ({ area, scenario })));
