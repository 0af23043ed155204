// env_file and label_file: files whose lines are variables or labels of a service, below those that it names itself.

import type { Host } from '@drover/host';
import type { Service } from '../model/service.ts';
import type { ComposeProblem } from '../problem.ts';
import { parseEnvFile } from './parse-env-file.ts';
import type { Lookup } from './substitute.ts';
import { readTextFile } from './text-file.ts';

export function resolveEnvironment(host: Pick<Host, 'files'>, name: string, service: Service, environment: ReadonlyMap<string, string>, problems: ComposeProblem[]): Service {
  const found: ComposeProblem[] = [];
  const variables = service.env_file === undefined ? undefined : readLines(host, service.env_file, (key) => environment.get(key), found);
  const labels = service.label_file === undefined ? undefined : readLines(host, service.label_file.map((path) => ({ path, required: true })), () => undefined, found);
  problems.push(...found.map((one) => ({ ...one, service: name })));
  const { env_file: _, label_file: __, ...rest } = service;
  return {
    ...rest,
    ...(variables !== undefined && { environment: { ...Object.fromEntries(variables), ...service.environment } }),
    ...(labels !== undefined && { labels: { ...Object.fromEntries(labels), ...service.labels } }),
  };
}

function readLines(host: Pick<Host, 'files'>, files: readonly { readonly path: string; readonly required: boolean; readonly format?: string }[], lookup: Lookup, problems: ComposeProblem[]): Map<string, string> {
  const values = new Map<string, string>();
  for (const { path, required, format } of files) {
    if (!required && !host.files.exists(path)) continue;
    const file = readTextFile(host, path, problems);
    if (file === undefined) continue;
    if (format !== undefined && format !== 'raw') {
      problems.push({ code: 'bad-value', severity: 'error', message: `unsupported env_file format "${format}"`, source: path });
      continue;
    }
    const read = format === 'raw' ? { values: rawLines(file.text), error: undefined } : parseEnvFile(file.text, (key) => values.get(key) ?? lookup(key));
    for (const [key, value] of read.values) values.set(key, value);
    if (read.error !== undefined) problems.push({ code: 'bad-env-file', severity: 'error', message: read.error.message, source: path, line: read.error.line });
  }
  return values;
}

/** KEY=VALUE with nothing special in it. */
function rawLines(text: string): Map<string, string> {
  const lines = text.split('\n').filter((line) => line.includes('=') && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}
