import { deepEqual, equal, test } from '@drover/testing';
import { parseMemory } from './memory.ts';

const TEXT = `MemTotal:         474560 kB
MemFree:          276396 kB
MemAvailable:     402000 kB
AnonPages:         36500 kB
HugePages_Total:       0
process init /init
00400000-7ffe r--p 00000000 00:00 0   [rollup]
Rss:                2100 kB
Pss:                 900 kB
Private_Clean:       100 kB
Private_Dirty:       130 kB
Anonymous:           120 kB
process kthreadd2 without memory
process dockerd /usr/sbin/dockerd -H unix:///x y
Rss:               80000 kB
Private_Clean:     30000 kB
Private_Dirty:     28000 kB
Anonymous:         28000 kB
`;

test('used memory is what free of procps-ng 4 shows', () => {
  const memory = parseMemory(TEXT);
  equal(memory.usedKb, 72560);
  equal(memory.anonymousKb, 36500);
});

test('each process has its resident and its private memory', () => {
  deepEqual(parseMemory(TEXT).processes.map((one) => `${one.name} (${one.command}) ${one.residentKb} ${one.privateKb} ${one.anonymousKb}`), [
    'init (/init) 2100 230 120',
    'dockerd (/usr/sbin/dockerd -H unix:///x y) 80000 58000 28000',
  ]);
});
