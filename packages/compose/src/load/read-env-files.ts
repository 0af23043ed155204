// .env files: values for interpolation, behind those that are there already.

import type { Host } from '@drover/host';
import type { ComposeProblem } from '../problem.ts';
import { parseEnvFile } from './parse-env-file.ts';
import { readTextFile } from './text-file.ts';

/** `environment` with what the files add; a later file wins over an earlier one, `environment` over both. */
export function readEnvFiles(host: Pick<Host, 'files'>, paths: readonly string[], environment: ReadonlyMap<string, string>, problems: ComposeProblem[]): Map<string, string> {
  const added = new Map<string, string>();
  for (const path of paths) {
    const file = readTextFile(host, path, problems);
    if (file === undefined) continue;
    const { values, error } = parseEnvFile(file.text, (name) => environment.get(name) ?? added.get(name));
    for (const [key, value] of values) added.set(key, value);
    if (error !== undefined) problems.push({ code: 'bad-env-file', severity: 'error', message: error.message, source: path, line: error.line });
  }
  return new Map([...added, ...environment]);
}
