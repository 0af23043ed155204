import { equal, test } from '@drover/testing';
import type { BootFigures } from '../measure/measure-boot.ts';
import { renderBootTable, renderProcessTable, renderSizeTable } from './report.ts';

function run(dockerS: number, usedKb: number): BootFigures {
  const processes = [{ name: 'init', command: '/init', residentKb: 2100, privateKb: 230, anonymousKb: 100 }, { name: 'dockerd', command: `dockerd ${'x'.repeat(80)}`, residentKb: 80000, privateKb: 60000, anonymousKb: 50000 }];
  return { initS: 4, promptS: dockerS > 20 ? undefined : 9.26, dockerS, memory: { usedKb, anonymousKb: 40960, totalKb: 470000, processes } };
}

const COLUMNS = [
  { name: 'floor', title: 'floor', runs: [run(30, 71680), run(28, 71680), run(50, 71680)] },
  { name: 'drover', title: 'Drover', runs: [run(15, 102400)] },
];

test('the boot table has the median of each figure and the ratio to the product', () => {
  equal(
    renderBootTable(COLUMNS),
    [
      '|                                         | floor  | Drover |',
      '| --------------------------------------- | ------ | ------ |',
      '| kernel start to PID 1                   | 4.0 s  | 4.0 s  |',
      '| kernel start to login prompt            | none   | 9.3 s  |',
      '| kernel start to User Docker answering   | 30.0 s | 15.0 s |',
      '| used memory, a minute later             | 70 MB  | 100 MB |',
      '| anonymous memory of all processes       | 40 MB  | 40 MB  |',
      '| Drover\'s time to User Docker against it | 0.50x  | 1.00x  |',
      '',
    ].join('\n'),
  );
});

test('processes are listed by their private memory, long commands cut', () => {
  const lines = renderProcessTable(COLUMNS[1]!).split('\n');
  equal(lines[2]?.startsWith('| dockerd | dockerd xxx'), true);
  equal(lines[2]?.includes('xx... | 80000 kB | 60000 kB |'), true);
  equal(lines[3]?.startsWith('| init    | /init '), true);
});

test('sizes are in decimal megabytes, beside their bounds', () => {
  const table = renderSizeTable({ iso: 99_500_000, kernel: 11_700_000, modules: 18_000_000, engine: 55_000_000, rest: 14_800_000, initrd: 2_000_000, rootfs: 85_000_000 });
  equal(table.split('\n')[2], '| ISO, everything in it | 99.5 MB | 100 MB (goal: 85) |');
});
