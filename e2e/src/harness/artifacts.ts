// What stays of a failed scenario: copies in `.cache/run/failed/<scenario>/`, and the end of the serial log.

import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { messageOf } from '@drover/core';
import type { Machine, Workplace } from '../machine/index.ts';

const LAST_LINES = 25;
const ANSWER_MS = 30_000;

/** Returns lines that name the artifacts; with the end of the serial log, unless the error has it already. */
export async function keepArtifacts(place: Workplace, slug: string, machines: readonly Machine[], withLog: boolean): Promise<string> {
  const folder = join(place.folder, 'failed', slug);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const lines: string[] = [];
  for (const [i, machine] of machines.entries()) {
    const prefix = machines.length > 1 ? `${i + 1}-` : '';
    const asked = await askMachine(machine);
    if (asked.services !== undefined) lines.push('its system containers:', asked.services);
    const files = [join(machine.folder, 'serial.log'), join(machine.folder, 'qemu.txt'), join(machine.folder, 'qemu.log'), asked.file, await screenshot(machine, lines)];
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

/** What a machine that still answers says of itself. `services`: a line each; `file`: with their logs and the kernel's. */
async function askMachine(machine: Machine): Promise<{ readonly services?: string; readonly file?: string }> {
  if (machine.hasEnded !== undefined || machine.options.nics?.length === 0) return {};
  const ask = async (command: string): Promise<string> => {
    try {
      return (await machine.ssh.run(command, { deadlineMs: ANSWER_MS })).stdout;
    } catch {
      return ''; // that it does not answer is no news of a machine that failed
    }
  };
  const services = await ask("sudo system-docker ps -a --format '{{.Names}}: {{.Status}}'");
  if (services === '') return {};
  const file = join(machine.folder, 'logs.txt');
  const logs = await ask('for name in $(sudo system-docker ps -aq); do echo "== $name"; sudo system-docker logs --timestamps --tail 100 $name 2>&1; done; echo "== kernel"; sudo dmesg');
  writeFileSync(file, `${services}\n${logs}`);
  return { services: services.trimEnd(), file };
}

async function screenshot(machine: Machine, lines: string[]): Promise<string | undefined> {
  try {
    return await machine.takeScreenshot();
  } catch (error) {
    lines.push(`no screenshot: ${messageOf(error)}`);
    return undefined;
  }
}
