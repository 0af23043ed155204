// Every scenario of the product, by area.

import type { AreaScenario } from '../harness/plan-run.ts';
import type { Scenario } from '../harness/scenario.ts';
import { boot } from './boot/index.ts';
import { cloudInit } from './cloud-init/index.ts';
import { config } from './config/index.ts';
import { docker } from './docker/index.ts';
import { faults } from './faults/index.ts';
import { network } from './network/index.ts';
import { state } from './state/index.ts';

const AREAS: Readonly<Record<string, readonly Scenario[]>> = { boot, 'cloud-init': cloudInit, config, docker, faults, network, state };

export const allScenarios: readonly AreaScenario[] = Object.entries(AREAS).flatMap(([area, list]) => list.map((scenario) => ({ area, scenario })));
