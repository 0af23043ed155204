import type { Scenario } from '../../harness/scenario.ts';
import { bootModes } from './boot-modes.ts';
import { manyBoots } from './many-boots.ts';
import { system } from './system.ts';

export const boot: readonly Scenario[] = [...bootModes, ...system, ...manyBoots];
