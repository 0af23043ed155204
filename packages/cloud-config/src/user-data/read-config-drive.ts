// The config drive: a small disk (label config-2) that hypervisors attach, laid out as OpenStack does.
// https://docs.openstack.org/nova/latest/user/metadata.html

import { codeOf, decodeUtf8, explain, isWithin, join } from '@drover/core';
import type { Files } from '@drover/host';
import type { Metadata } from '../layers/resolve-configuration.ts';
import type { ConfigProblem } from '../problem.ts';
import { TEXT_LIMIT_BYTES } from '../text/decode-text.ts';
import { classifyUserData } from './classify-user-data.ts';
import type { UserData } from './classify-user-data.ts';

export interface ConfigDrive {
  readonly userData: UserData | undefined;
  readonly metadata: Metadata | undefined;
  readonly problems: readonly ConfigProblem[];
}

export interface ReaderHost {
  readonly files: Pick<Files, 'readBytes' | 'stat' | 'realPath'>;
}

/** `directory`: where the drive is mounted. A missing file is no problem: both are optional. */
export function readConfigDrive(host: ReaderHost, directory: string): ConfigDrive {
  const problems: ConfigProblem[] = [];
  const bytes = readInside(host, directory, 'openstack/latest/user_data', problems);
  const classified = bytes === undefined ? undefined : classifyUserData(bytes, join(directory, 'openstack/latest/user_data'));
  if (classified !== undefined) problems.push(...classified.problems);
  const path = join(directory, 'openstack/latest/meta_data.json');
  const json = readInside(host, directory, 'openstack/latest/meta_data.json', problems);
  const metadata = json === undefined ? undefined : parseMetadata(decodeUtf8(json), path, problems);
  return { userData: classified?.userData, metadata, problems };
}

/** Whoever made the drive must not make us read a file of this machine through a link. */
function readInside(host: ReaderHost, directory: string, name: string, problems: ConfigProblem[]): Uint8Array | undefined {
  const path = join(directory, name);
  const report = (code: 'unreadable' | 'too-large', message: string, hint: string): undefined => void problems.push({ code, severity: 'error', message, source: path, hint });
  try {
    const status = host.files.stat(path);
    if (status === undefined) return undefined;
    if (!isWithin(host.files.realPath(directory), host.files.realPath(path))) return report('unreadable', 'this is a link out of the config drive', 'put the file itself on the drive');
    if (status.type !== 'file') return report('unreadable', `this is not a file (${status.type})`, 'put a file there');
    const bytes = host.files.readBytes(path, TEXT_LIMIT_BYTES + 1);
    return bytes.length > TEXT_LIMIT_BYTES ? report('too-large', `larger than ${TEXT_LIMIT_BYTES / 1024} KiB`, 'keep the user-data small and fetch the rest') : bytes;
  } catch (error) {
    return report('unreadable', `cannot be read: ${explain(error)}`, codeOf(error) === 'EIO' ? 'the drive is damaged; make it again' : 'is the drive an ISO 9660 or FAT image?');
  }
}

function parseMetadata(text: string, source: string, problems: ConfigProblem[]): Metadata | undefined {
  const report = (message: string, hint: string): undefined => void problems.push({ code: 'bad-metadata', severity: 'error', message, source, hint });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return report(`this is not JSON: ${explain(error)}`, 'check it with a JSON tool');
  }
  if (!isRecord(json)) return report('expected an object', 'begin it with { and end it with }');
  const hostname = json['hostname'];
  if (hostname !== undefined && hostname !== null && typeof hostname !== 'string') report('hostname is not a string', 'put it in quotes');
  return { source, ...(typeof hostname === 'string' ? { hostname } : {}), sshPublicKeys: publicKeys(json['public_keys'], report) };
}

/** A map from name to key; some tools write a list. */
function publicKeys(value: unknown, report: (message: string, hint: string) => undefined): Record<string, string> {
  const keys: Record<string, string> = {};
  if (value === undefined || value === null) return keys;
  if (typeof value !== 'object') report('public_keys is not an object', 'write NAME: KEY pairs');
  // Numbered names sort as text: keep their order.
  const entries = Array.isArray(value) ? value.map((key: unknown, i): [string, unknown] => [String(i).padStart(6, '0'), key]) : Object.entries(isRecord(value) ? value : {});
  for (const [name, key] of entries.slice(0, 1000)) {
    if (typeof key === 'string') keys[name] = key;
    else report('a public key is not a string', 'put it in quotes');
  }
  return keys;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
