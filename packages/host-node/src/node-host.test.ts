import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostBehaviours } from '@drover/host/behaviour';
import { test } from '@drover/testing';
import { createNodeHost } from './node-host.ts';

for (const { title, check } of hostBehaviours) {
  test(`host on Node: ${title}`, async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'drover-host-')));
    try {
      await check(createNodeHost(), folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
