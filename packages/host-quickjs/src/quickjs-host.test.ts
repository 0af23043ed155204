import { hostBehaviours } from '@drover/host/behaviour';
import { test } from '@drover/testing';
import { inFolder } from './test-folder.ts';

for (const { title, check } of hostBehaviours) test(`host on QuickJS: ${title}`, () => inFolder(check));
