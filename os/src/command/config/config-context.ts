// What the verbs of `ros config` share: input, what is wrong with it, and how values print.

import { hasErrors, renderProblem } from '@drover/core';
import type { ConfigProblem } from '@drover/cloud-config';
import { isMap } from '@drover/yaml';
import type { Value } from '@drover/yaml';
import type { CommandContext } from '../command.ts';
import type { Flags } from '../parse-flags.ts';
import type { ConfigHost } from './config-store.ts';
import type { WriterHost } from './lock-configuration.ts';

export type ConfigContext = CommandContext<ConfigHost>;
export type WriterContext = CommandContext<WriterHost>;

/** The file of --input; standard input without it, or when it is `-`. */
export async function readInput({ host, readInput: readAll }: ConfigContext, flags: Flags): Promise<{ bytes: Uint8Array; name: string }> {
  const file = flags.text('input');
  if (file === undefined || file === '-') return { bytes: await readAll(), name: 'standard input' };
  return { bytes: host.files.readBytes(file), name: file };
}

/** Says what is wrong; true when it is too much to go on. */
export function report({ err }: Pick<ConfigContext, 'err'>, problems: readonly ConfigProblem[]): boolean {
  for (const problem of problems) err(`${renderProblem(problem)}\n`);
  return hasErrors(problems);
}

export function valueAt(value: Value | undefined, path: readonly string[]): Value | undefined {
  let at = value;
  for (const part of path) at = isMap(at) && Object.hasOwn(at, part) ? at[part] : undefined;
  return at;
}

/** Lists and maps as YAML with an empty line behind them, as scripts for RancherOS expect. */
export async function renderValue(value: Value | undefined): Promise<string> {
  if (value === undefined || value === null) return '\n';
  if (typeof value !== 'object') return `${String(value)}\n`;
  const { renderYaml } = await import('@drover/cloud-config/yaml');
  return `${renderYaml(value)}\n`;
}
