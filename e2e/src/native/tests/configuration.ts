// `ros config` by several programs at a time.

import { equal } from '@drover/testing';
import type { NativeTest } from './native-test.ts';

export const configurationTests: readonly NativeTest[] = [
  {
    title: 'what several programs set at the same time is all there afterwards',
    async run(machine) {
      const names = Array.from({ length: 12 }, (_, i) => `N${i}`);
      const ends = await Promise.all(names.map((name) => machine.run(['ros', 'config', 'set', `rancher.environment.${name}`, name])));
      equal(ends.map(({ code, stderr }) => `${code}${stderr}`).join(''), '0'.repeat(names.length));
      const { stdout } = await machine.run(['ros', 'config', 'get', 'rancher.environment']);
      equal(stdout.split('\n').filter((line) => /^N\d/.test(line)).sort().join(' '), names.map((name) => `${name}: ${name}`).sort().join(' '));
    },
  },
];
