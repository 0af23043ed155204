// `ros config`: shows and changes the configuration. It never shows a password, and never writes what would be refused.

import { hasErrors, renderProblem, RosError } from '@drover/core';
import { dropSecrets, findSpec, mergeTrees, parseKeyPath, setValue } from '@drover/cloud-config';
import type { ConfigProblem, KeySpec } from '@drover/cloud-config';
import { fromValue, getNode, isMap, parseFlowValue, placeOf, toValue } from '@drover/yaml';
import type { MapNode, Value, ValueMap } from '@drover/yaml';
import type { ConfigHost } from './config-store.ts';
import { loadEverything, loadWritten, readOwnFile, writeOwnFile } from './config-store.ts';
import type { Flags, FlagSpec } from './parse-flags.ts';

/** What a verb needs of the world. */
export interface ConfigContext {
  readonly host: ConfigHost;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Everything of standard input. */
  readonly readInput: () => Promise<Uint8Array>;
}

export interface ConfigVerb {
  readonly usage: string;
  readonly help: string;
  readonly operands: number;
  readonly flags: Readonly<Record<string, FlagSpec>>;
  /** Resolves to the exit code. */
  run(context: ConfigContext, flags: Flags): Promise<number>;
}

const INPUT: FlagSpec = { short: 'i', value: 'FILE', help: 'the file to read (default: standard input)' };

export const CONFIG_VERBS: Readonly<Record<string, ConfigVerb>> = {
  get: { usage: 'KEY', help: 'the value of a key', operands: 1, flags: {}, run: get },
  set: { usage: 'KEY VALUE', help: 'set a key in cloud-config.yml', operands: 2, flags: {}, run: set },
  merge: { usage: '[-i FILE]', help: 'merge a cloud-config into cloud-config.yml', operands: 0, flags: { input: INPUT }, run: merge },
  export: {
    usage: '[-f] [-p] [-o FILE]',
    help: 'the configuration as YAML',
    operands: 0,
    flags: {
      output: { short: 'o', value: 'FILE', help: 'write it there, readable by root alone' },
      private: { short: 'p', help: 'private keys, too' },
      full: { short: 'f', help: 'defaults, too' },
    },
    run: exportAll,
  },
  validate: { usage: '[-i FILE]', help: 'check a cloud-config; exit code 1 when something is wrong', operands: 0, flags: { input: INPUT }, run: validate },
  explain: { usage: 'KEY', help: 'a key: its value, where that comes from, what it means', operands: 1, flags: {}, run: explainKey },
};

async function get({ host, out, err }: ConfigContext, { operands: [key] }: Flags): Promise<number> {
  const path = parseKeyPath(key!);
  const { config, tree } = await loadEverything(host);
  const found = findSpec(path);
  if (found === undefined) err(`no such key: ${key!}\n`);
  const shown = dropSecrets(config, true);
  // A part of a service or of an unknown key has no type: then what was written.
  const value = valueAt(shown, path) ?? (found === undefined || found.spec === undefined ? valueAt(dropSecrets(toValue(tree), true), path) : undefined) ?? zeroOf(found?.type, found?.spec);
  out(await renderValue(value));
  return 0;
}

function valueAt(value: Value | undefined, path: readonly string[]): Value | undefined {
  let at = value;
  for (const part of path) at = isMap(at) && Object.hasOwn(at, part) ? at[part] : undefined;
  return at;
}

/** What RancherOS prints for a key that is known and not set. */
function zeroOf(type: string | undefined, spec: KeySpec | undefined): Value | undefined {
  if (spec?.secret === 'hidden') return undefined;
  if (type === 'boolean') return false;
  return type === 'integer' ? 0 : undefined;
}

/** Lists and maps as YAML with an empty line behind them, as scripts for RancherOS expect. */
async function renderValue(value: Value | undefined): Promise<string> {
  if (value === undefined || value === null) return '\n';
  if (typeof value !== 'object') return `${String(value)}\n`;
  const { renderYaml } = await import('@drover/cloud-config/yaml');
  return `${renderYaml(value)}\n`;
}

async function set({ host, err }: ConfigContext, { operands: [key, text] }: Flags): Promise<number> {
  const path = parseKeyPath(key!);
  const node = parseFlowValue(text!, { name: `ros config set ${key!}` });
  const value = text!.trim() === '' ? null : toValue(node);
  const { checkTree } = await import('@drover/cloud-config/yaml');
  const { problems } = checkTree(fromValue(setValue({}, path, value), node.source) as MapNode);
  if (report(err, problems)) return 1;
  await writeOwnFile(host, setValue(toValue(await readOwnFile(host)) as ValueMap, path, value));
  return 0;
}

async function merge(context: ConfigContext, flags: Flags): Promise<number> {
  const { host, err } = context;
  const { bytes, name } = await readInput(context, flags);
  const { parseCloudConfig, parseRaw } = await import('@drover/cloud-config/yaml');
  if (report(err, parseCloudConfig(bytes, name, { dosLineEnds: 'refuse' }).problems)) {
    err('nothing was changed\n');
    return 1;
  }
  await writeOwnFile(host, toValue(mergeTrees(await readOwnFile(host), parseRaw(bytes, name).root)));
  return 0;
}

async function exportAll({ host, out }: ConfigContext, { values }: Flags): Promise<number> {
  const written: ValueMap = values.has('full') ? await loadFull(host) : { ssh_authorized_keys: [], ...(await loadWritten(host)) };
  const { renderYaml } = await import('@drover/cloud-config/yaml');
  const text = renderYaml(dropSecrets(written, values.has('private')));
  const file = values.get('output');
  if (file === undefined) out(`${text}\n`);
  else host.files.writeAtomic(file, text, { mode: 0o400 });
  return 0;
}

async function loadFull(host: ConfigHost): Promise<ValueMap> {
  const { config, tree } = await loadEverything(host);
  return toValue(mergeTrees(fromValue(config, { name: 'defaults' }) as MapNode, tree)) as ValueMap;
}

async function validate(context: ConfigContext, flags: Flags): Promise<number> {
  const { bytes, name } = await readInput(context, flags);
  const { parseCloudConfig } = await import('@drover/cloud-config/yaml');
  const { problems } = parseCloudConfig(bytes, name, { dosLineEnds: 'refuse' });
  const wrong = report(context.err, problems) || problems.some((one) => one.code === 'unknown-key');
  return wrong ? 1 : 0;
}

async function explainKey({ host, out }: ConfigContext, { operands: [key] }: Flags): Promise<number> {
  const path = parseKeyPath(key!);
  const found = findSpec(path);
  if (found === undefined) throw new RosError('no-such-key', `no such key: ${key!}`, { hint: 'all keys: docs/reference/cloud-config.md' });
  const { config, tree } = await loadEverything(host);
  const node = getNode(tree, path);
  const place = node === undefined ? undefined : placeOf(node.source, node.offset);
  const { spec } = found;
  const value = spec?.secret === undefined ? (await renderValue(valueAt(dropSecrets(config, false), path))).trimEnd() : '(not shown)';
  const lines: readonly (readonly [title: string, text: string | undefined])[] = [
    ['value', value === '' ? '(none)' : value.replaceAll('\n', '\n           ')],
    ['from', place === undefined ? 'default' : [place.source, place.line, place.column].filter((part) => part !== undefined).join(':')],
    ['default', spec?.default === undefined ? undefined : JSON.stringify(spec.default)],
    ['type', found.type],
    ['acts', describeWhen(spec)],
    ['meaning', spec?.meaning],
  ];
  out(`${path.join('.')}\n${lines.flatMap(([title, text]) => (text === undefined ? [] : [`  ${`${title}:`.padEnd(9)}${text}\n`])).join('')}`);
  return 0;
}

function describeWhen(spec: KeySpec | undefined): string | undefined {
  if (spec === undefined) return undefined;
  if (spec.ignored !== undefined) return `never: ${spec.ignored}`;
  if (spec.works !== true) return 'not in this version yet';
  return { once: 'once', boot: 'at the next boot', now: 'at once' }[spec.when];
}

async function readInput({ host, readInput: readAll }: ConfigContext, { values }: Flags): Promise<{ bytes: Uint8Array; name: string }> {
  const file = values.get('input');
  if (file === undefined || file === '-') return { bytes: await readAll(), name: 'standard input' };
  return { bytes: host.files.readBytes(file), name: file };
}

/** Says what is wrong; true when it is too much to go on. */
function report(err: (text: string) => void, problems: readonly ConfigProblem[]): boolean {
  for (const problem of problems) err(`${renderProblem(problem)}\n`);
  return hasErrors(problems);
}
