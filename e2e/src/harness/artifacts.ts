// What stays of a failed scenario: copies in `.cache/run/failed/<scenario>/`, and the end of the serial log.

import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { messageOf } from '@drover/core';
import type { Machine, Workplace } from '../machine/index.ts';

const LAST_LINES = 25;

/** Returns lines that name the artifacts; with the end of the serial log, unless the error has it already. */
export async function keepArtifacts(place: Workplace, slug: string, machines: readonly Machine[], withLog: boolean): Promise<string> {
  const folder = join(place.folder, 'failed', slug);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const lines: string[] = [];
  for (const [i, machine] of machines.entries()) {
    const prefix = machines.length > 1 ? `${i + 1}-` : '';
    const files = [join(machine.folder, 'serial.log'), join(machine.folder, 'qemu.txt'), join(machine.folder, 'qemu.log'), await screenshot(machine, lines)];
    for (const file of files) {
      if (file === undefined || !existsSync(file)) continue;
      const kept = join(folder, prefix + file.slice(file.lastIndexOf('/') + 1));
      copyFileSync(file, kept);
      lines.push(`artifact: ${relative(place.workspace.root, kept)}`);
    }
    if (withLog) lines.push(`last lines of the serial console (${machine.hasEnded === undefined ? 'the machine still ran' : `the machine had ended: ${machine.hasEnded}`}):`, machine.serial.lastLines(LAST_LINES));
  }
  if (machines.length === 0) lines.push('no machine had been started');
  return lines.join('\n');
}

async function screenshot(machine: Machine, lines: string[]): Promise<string | undefined> {
  try {
    return await machine.takeScreenshot();
  } catch (error) {
    lines.push(`no screenshot: ${messageOf(error)}`);
    return undefined;
  }
}
