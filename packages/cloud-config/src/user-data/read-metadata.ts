// Metadata of a config drive: the machine's name and the keys of who may log in. JSON with OpenStack's names, YAML with
// those of NoCloud.

import { toValue } from '@drover/yaml';
import { decodeUtf8, explain } from '@drover/core';
import type { Metadata } from '../layers/resolve-configuration.ts';
import type { ConfigProblem } from '../problem.ts';

export interface MetadataFormat {
  readonly syntax: 'json' | 'yaml';
  /** The first that is there counts. */
  readonly hostname: readonly string[];
  readonly publicKeys: string;
  /** Whether the keys may be a text, a key a line. */
  readonly keysAsText: boolean;
}

type Report = (message: string, hint: string) => undefined;

const KEY_LIMIT = 1000;

/** Undefined, and a problem more, when it is not what it should be. */
export async function readMetadata(bytes: Uint8Array, source: string, format: MetadataFormat, problems: ConfigProblem[]): Promise<Metadata | undefined> {
  const report: Report = (message, hint) => void problems.push({ code: 'bad-metadata', severity: 'error', message, source, hint });
  const text = decodeUtf8(bytes);
  const value = format.syntax === 'json' ? parseJson(text, report) : await parseYamlText(text, source, problems);
  if (value === undefined) return undefined;
  if (!isRecord(value)) return report('expected an object', format.syntax === 'json' ? 'begin it with { and end it with }' : 'write KEY: VALUE lines');
  const key = format.hostname.find((name) => value[name] !== undefined && value[name] !== null);
  const hostname = key === undefined ? undefined : value[key];
  if (hostname !== undefined && typeof hostname !== 'string') report(`${key!} is not a string`, 'put it in quotes');
  return { source, ...(typeof hostname === 'string' ? { hostname } : {}), sshPublicKeys: publicKeys(value[format.publicKeys], format, report) };
}

function parseJson(text: string, report: Report): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return report(`this is not JSON: ${explain(error)}`, 'check it with a JSON tool');
  }
}

/** Empty is fine: there has to be a file, but not anything in it. */
async function parseYamlText(text: string, source: string, problems: ConfigProblem[]): Promise<unknown> {
  const { parseYaml } = await import('@drover/yaml/read');
  const { root, problems: found } = parseYaml(text.replace(/\r\n?/g, '\n'), source);
  problems.push(...found);
  return root === undefined ? undefined : (toValue(root) ?? {});
}

/** A map from name to key, where the key may be one of several forms of it; or a list; or a text of lines. */
function publicKeys(value: unknown, { publicKeys: name, keysAsText }: MetadataFormat, report: Report): Record<string, string> {
  const keys: Record<string, string> = {};
  if (value === undefined || value === null) return keys;
  const listed = typeof value === 'string' && keysAsText ? value.split('\n').filter((line) => line.trim() !== '') : value;
  if (typeof listed !== 'object' || listed === null) report(`${name} is not an object`, 'write NAME: KEY pairs');
  // Numbered names sort as text: keep their order.
  const entries = Array.isArray(listed) ? listed.map((key: unknown, i): [string, unknown] => [String(i).padStart(6, '0'), key]) : Object.entries(isRecord(listed) ? listed : {});
  for (const [label, entry] of entries.slice(0, KEY_LIMIT)) {
    const key = isRecord(entry) ? entry['openssh-key'] : entry;
    if (typeof key === 'string') keys[label] = key;
    else report('a public key is not a string', 'put it in quotes');
  }
  return keys;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
