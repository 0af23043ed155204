import type { ComposeTest } from './compose-test.ts';
import { createTests } from './create.ts';
import { engineTests } from './engine.ts';
import { lifeTests } from './life.ts';
import { upTests } from './up.ts';

export const allComposeTests: readonly ComposeTest[] = [...createTests, ...upTests, ...lifeTests, ...engineTests];
