// `./dev bench`: boot time, memory and size, the product beside the floor and Debian, in the same run.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RosError } from '@drover/core';
import { openWorkspace } from '@drover/builder';
import type { Workspace } from '@drover/builder';
import { buildProducts, closeWorkplace, findAccelerator, kernelImage, locateProduct, openSupplies, openWorkplace, parseCommandLine, renderUsage, runMain, TCG_PARALLEL, usageError } from '@drover/e2e';
import type { CommandSpec, Workplace } from '@drover/e2e';
import { buildDebian } from './guests/debian.ts';
import { openDrover } from './guests/drover.ts';
import { buildFloor } from './guests/floor.ts';
import type { Guest } from './guests/guest.ts';
import { describeHost } from './measure/machine-facts.ts';
import { measureConfigurationSpeed } from './measure/configuration-speed.ts';
import { compareBoots } from './measure/compare-boots.ts';
import { measureContainerStart } from './measure/container-start.ts';
import { measureSizes } from './measure/sizes.ts';
import { findSmallestRam } from './measure/smallest-ram.ts';
import { renderBootTable, renderMarkdownTable, renderProcessTable, renderSizeTable } from './report/report.ts';

const ITEMS = ['boot', 'sizes', 'ram', 'start', 'config'] as const;
const GUESTS = ['floor', 'debian', 'drover'] as const;
const ROUNDS = 3;
const REPORT = 'docs/benchmarks.md';

const SPEC: CommandSpec = {
  usage: '[OPTION...] [ITEM...]',
  operands: true,
  options: {
    quick: { help: 'one run instead of the median of three; writes no report' },
    guests: { value: 'LIST', help: `of ${GUESTS.join(',')} (default: all)` },
  },
  notes: `ITEM is one of ${ITEMS.join(', ')}; without one, all are measured and ${REPORT} is written anew.`,
};

interface Wishes {
  readonly items: ReadonlySet<string>;
  readonly guests: ReadonlySet<string>;
  readonly quick: boolean;
}

type Section = readonly [title: string, text: string];

function print(line: string): void {
  process.stderr.write(`${line}\n`);
}

function readWishes(args: readonly string[]): Wishes | undefined {
  const parsed = parseCommandLine('bench', SPEC, args);
  if (parsed.options.has('help')) return undefined;
  const guests = parsed.options.get('guests')?.split(',') ?? [...GUESTS];
  for (const name of guests) if (!GUESTS.some((one) => one === name)) throw usageError(`--guests: no such guest: ${name}`, 'bench');
  for (const name of parsed.operands) if (!ITEMS.some((one) => one === name)) throw usageError(`no such item: ${name}`, 'bench');
  return { items: new Set(parsed.operands.length > 0 ? parsed.operands : ITEMS), guests: new Set(guests), quick: parsed.options.has('quick') };
}

async function openGuests(workspace: Workspace, names: ReadonlySet<string>): Promise<Guest[]> {
  const supplies = await openSupplies(workspace);
  const guests: Guest[] = [];
  if (names.has('floor')) guests.push(await buildFloor(supplies));
  if (names.has('debian')) guests.push(await buildDebian(supplies));
  if (names.has('drover')) guests.push(openDrover());
  for (const guest of guests) rmSync(join(workspace.cache, 'run', guest.setup.name), { recursive: true, force: true });
  return guests;
}

async function measure(place: Workplace, wishes: Wishes): Promise<Section[]> {
  const sections: Section[] = [];
  const { workspace } = place;
  const withProduct = wishes.guests.has('drover');
  if (withProduct) buildProducts(workspace);
  if (wishes.items.has('boot')) {
    const columns = await compareBoots(place, await openGuests(workspace, wishes.guests), wishes.quick ? 1 : ROUNDS, print);
    sections.push(['Boot time and memory', renderBootTable(columns)]);
    for (const column of columns) sections.push([`Processes: ${column.title}`, renderProcessTable(column)]);
  }
  if (!withProduct) return sections;
  if (wishes.items.has('sizes')) sections.push(['Sizes', renderSizeTable(measureSizes(locateProduct(workspace)))]);
  if (wishes.items.has('ram')) {
    const least = await findSmallestRam(place, wishes.quick, print);
    sections.push(['Smallest memory', renderMarkdownTable(['what', 'measured', 'bound'], [['boots to a working docker run', least === undefined ? 'more than 256 MB' : `${least} MB`, '256 MB']])]);
  }
  if (wishes.items.has('config')) sections.push(['Reading a large cloud-config', await measureConfigurationSpeed(workspace)]);
  if (wishes.items.has('start')) sections.push(['Start of one system container', measureContainerStart(workspace)]);
  return sections;
}

function renderDocument(host: string, sections: readonly Section[]): string {
  const head = [
    '# Benchmarks',
    '',
    'Written by `./dev bench`. Medians of three runs, the systems taking turns. Times are those of the guest\'s kernel clock;',
    'User Docker answers when dockerd says so in its log; memory is read a minute or more after that: `used` as `free` of procps-ng 4 shows it (total - available), anonymous memory is AnonPages; of Drover nobody is logged in then, of the others the shell that reads it.',
    'Each system boots a disk that it has booted before. *floor*: the same kernel, a static init and a bare dockerd on ext4. *Debian*: `mmdebstrap --variant=minbase` with docker.io under systemd, started from the same small initramfs as the floor.',
    '',
    `${new Date().toISOString().slice(0, 10)}, ${host}.`,
    '',
  ];
  return [...head, ...sections.flatMap(([title, text]) => [`## ${title}`, '', text])].join('\n');
}

async function main(): Promise<number> {
  const wishes = readWishes(process.argv.slice(2));
  if (wishes === undefined) {
    process.stdout.write(renderUsage('bench', SPEC));
    return 0;
  }
  const workspace = openWorkspace();
  const supplies = await openSupplies(workspace);
  const found = await findAccelerator(workspace, kernelImage(supplies));
  const place = await openWorkplace(workspace, found.kind === 'kvm' ? found : TCG_PARALLEL);
  try {
    const sections = await measure(place, wishes);
    if (sections.length === 0) throw new RosError('nothing-ran', 'nothing was measured', { hint: 'all items but `boot` need the guest drover' });
    const text = renderDocument(await describeHost(found.kind), sections);
    process.stdout.write(text);
    if (!wishes.quick && wishes.items.size === ITEMS.length && wishes.guests.size === GUESTS.length) writeFileSync(join(workspace.root, REPORT), text);
    return 0;
  } finally {
    closeWorkplace(place);
  }
}

runMain(main);
