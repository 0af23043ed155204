// The figures as tables: the same text on the terminal and in docs/benchmarks.md.

import type { BootFigures } from '../measure/measure-boot.ts';
import type { ProcessMemory } from '../measure/memory.ts';
import type { Sizes } from '../measure/sizes.ts';
import { median } from './statistics.ts';

export interface Column {
  readonly name: string;
  readonly title: string;
  readonly runs: readonly BootFigures[];
}

type Row = readonly string[];

/** A table of Markdown, its columns padded so that it reads well as plain text. */
export function renderMarkdownTable(head: Row, rows: readonly Row[]): string {
  const widths = head.map((_, i) => Math.max(3, ...[head, ...rows].map((row) => Array.from(row[i] ?? '').length)));
  const line = (row: Row): string => `| ${widths.map((width, i) => (row[i] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line), ''].join('\n');
}

const seconds = (value: number): string => `${value.toFixed(1)} s`;
const megabytes = (kb: number): string => `${(kb / 1024).toFixed(0)} MB`;
const megabytesOf = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const kilobytes = (kb: number): string => `${kb} kB`;

function middle(column: Column, pick: (run: BootFigures) => number | undefined, show: (value: number) => string): string {
  const values = column.runs.map(pick).filter((value) => value !== undefined);
  return values.length === 0 ? 'none' : show(median(values));
}

export function renderBootTable(columns: readonly Column[]): string {
  const row = (title: string, pick: (run: BootFigures) => number | undefined, show: (value: number) => string): Row => [title, ...columns.map((column) => middle(column, pick, show))];
  const rows = [
    row('kernel start to PID 1', (run) => run.initS, seconds),
    row('kernel start to login prompt', (run) => run.promptS, seconds),
    row('kernel start to User Docker answering', (run) => run.dockerS, seconds),
    row('used memory, a minute later', (run) => run.memory.usedKb, megabytes),
    row('anonymous memory of all processes', (run) => run.memory.anonymousKb, megabytes),
    ...renderRatios(columns),
  ];
  return renderMarkdownTable(['', ...columns.map((column) => column.title)], rows);
}

/** How the product compares to each of the others, in time to User Docker. */
function renderRatios(columns: readonly Column[]): Row[] {
  const product = columns.find((column) => column.name === 'drover');
  if (product === undefined) return [];
  const mine = median(product.runs.map((run) => run.dockerS));
  return [['Drover\'s time to User Docker against it', ...columns.map((column) => `${(mine / median(column.runs.map((run) => run.dockerS))).toFixed(2)}x`)]];
}

/** Of the run that is in the middle by used memory. */
export function renderProcessTable(column: Column): string {
  const runs = [...column.runs].sort((a, b) => a.memory.usedKb - b.memory.usedKb);
  const processes = [...(runs[runs.length >> 1]?.memory.processes ?? [])].sort((a, b) => b.privateKb - a.privateKb);
  const rows = processes.map((one: ProcessMemory): Row => [one.name, shorten(one.command), kilobytes(one.residentKb), kilobytes(one.privateKb)]);
  return renderMarkdownTable(['process', 'command', 'resident', 'private'], rows);
}

function shorten(command: string): string {
  const clean = command.replace(/\|/g, '\\|');
  return clean.length > 70 ? `${clean.slice(0, 67)}...` : clean;
}

export function renderSizeTable(sizes: Sizes): string {
  return renderMarkdownTable(['what', 'size', 'bound'], [
    ['ISO, everything in it', megabytesOf(sizes.iso), '100 MB (goal: 85)'],
    ['- kernel', megabytesOf(sizes.kernel), ''],
    ['- modules', megabytesOf(sizes.modules), ''],
    ['- Docker engine', megabytesOf(sizes.engine), ''],
    ['- all the rest', megabytesOf(sizes.rest), '12 MB'],
    ['initrd', megabytesOf(sizes.initrd), ''],
    ['rootfs.squashfs', megabytesOf(sizes.rootfs), ''],
  ]);
}
