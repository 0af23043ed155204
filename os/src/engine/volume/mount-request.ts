// What a user asks to have mounted: `-v SOURCE:DESTINATION:MODE`, `--mount`, the volumes of an image, `--volumes-from`.
// Text and API objects in, mounts out; volumes are named here and made elsewhere.

import { join } from '@drover/core';
import type { MountRequest, Propagation } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import type { MountRecord } from '../container/container-record.ts';

const PROPAGATIONS: readonly string[] = ['private', 'rprivate', 'slave', 'rslave', 'shared', 'rshared'];
/** Each may be given once. */
const MODE_GROUPS: readonly (readonly string[])[] = [['rw', 'ro'], ['z', 'Z'], PROPAGATIONS, ['nocopy'], ['consistent', 'cached', 'delegated']];

export interface Mode {
  readonly readWrite: boolean;
  readonly propagation: Propagation | undefined;
  readonly copyUp: boolean;
}

/** Undefined when it is not a mode. */
export function parseMode(text: string): Mode | undefined {
  const words = text === '' ? [] : text.split(',');
  const groups = words.map((word) => MODE_GROUPS.findIndex((group) => group.includes(word)));
  if (groups.includes(-1) || new Set(groups).size !== groups.length) return undefined;
  return {
    readWrite: !words.includes('ro'),
    propagation: words.find((word) => PROPAGATIONS.includes(word)) as Propagation | undefined,
    copyUp: !words.includes('nocopy'),
  };
}

/** One of HostConfig.Binds. `volumePath` tells where a volume of this name is. Throws `invalid-parameter`. */
export function parseBind(raw: string, volumePath: (name: string) => string): MountRecord {
  const parts = raw.split(':');
  const wrong = (reason?: string): Error => apiError('invalid-parameter', `invalid volume specification: '${raw}'${reason === undefined ? '' : `: ${reason}`}`);
  const [source, destination, modeText = ''] = parts;
  if (parts.length > 3 || !source || destination === undefined || (parts.length === 2 && parseMode(destination) !== undefined)) throw wrong();
  const mode = parseMode(modeText);
  if (mode === undefined) throw apiError('invalid-parameter', `invalid mode: ${modeText}`);
  const type = source.startsWith('/') ? 'bind' : 'volume';
  checkDestination(destination, type, (reason) => wrong(reason));
  if (type === 'volume') checkVolumeName(source);
  if (type === 'volume' && mode.propagation !== undefined) throw wrong(`invalid mount config for type "volume": field BindOptions must not be specified`);
  return {
    type,
    ...(type === 'volume' && { name: source }),
    source: type === 'bind' ? join(source) : volumePath(source),
    destination: join(destination),
    mode: modeText,
    readWrite: mode.readWrite,
    propagation: type === 'bind' ? (mode.propagation ?? 'rprivate') : '',
    recursive: true,
    createSource: type === 'bind',
    copyUp: type === 'volume' && mode.copyUp,
  };
}

function checkDestination(destination: string, type: string, wrong: (reason: string) => Error): void {
  if (destination === '') throw wrong(`invalid mount config for type "${type}": field Target must not be empty`);
  if (!destination.startsWith('/')) throw wrong(`invalid mount config for type "${type}": invalid mount path: '${destination}' mount path must be absolute`);
  if (join(destination) === '/') throw wrong(`invalid mount config for type "${type}": invalid specification: destination can't be '/'`);
}

export function checkVolumeName(name: string): void {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) return;
  throw apiError(
    'invalid-parameter',
    `create ${name}: "${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`,
  );
}

/** One of HostConfig.Mounts. `sourceExists` is asked for binds only. `newVolume` names an anonymous volume. */
export function parseMount(request: MountRequest, volumePath: (name: string) => string, newVolume: () => string, sourceExists: (path: string) => boolean): MountRecord {
  const { Type: type = '', Source: source = '', Target: target = '' } = request;
  const wrong = (reason: string): Error => apiError('invalid-parameter', `invalid mount config for type "${type}": ${reason}`);
  if (type !== 'bind' && type !== 'volume' && type !== 'tmpfs') throw wrong('mount type unknown');
  checkDestination(target, type, (reason) => wrong(reason.replace(/^invalid mount config for type "\w+": /, '')));
  const common = { destination: join(target), mode: '', readWrite: request.ReadOnly !== true, createSource: false, copyUp: false, recursive: true, propagation: '' as const };
  if (type === 'tmpfs') return { ...common, type, source: '', tmpfsOptions: renderTmpfsOptions(request) };
  if (type === 'bind') {
    if (source === '') throw wrong('field Source must not be empty');
    if (!source.startsWith('/')) throw wrong(`invalid mount path: '${source}' mount path must be absolute`);
    const createSource = request.BindOptions?.CreateMountpoint === true;
    if (!createSource && !sourceExists(source)) throw wrong(`bind source path does not exist: ${source}`);
    const propagation = request.BindOptions?.Propagation ?? 'rprivate';
    if (!PROPAGATIONS.includes(propagation)) throw wrong(`invalid propagation mode: ${propagation}`);
    return { ...common, type, source: join(source), propagation, recursive: request.BindOptions?.NonRecursive !== true, createSource };
  }
  if (source !== '') checkVolumeName(source);
  const name = source === '' ? newVolume() : source;
  return { ...common, type, name, source: volumePath(name), copyUp: request.VolumeOptions?.NoCopy !== true, ...(source === '' && { anonymous: true }) };
}

function renderTmpfsOptions({ TmpfsOptions }: MountRequest): string {
  const options: string[] = [];
  if (TmpfsOptions?.SizeBytes) options.push(`size=${TmpfsOptions.SizeBytes}`);
  if (TmpfsOptions?.Mode) options.push(`mode=${TmpfsOptions.Mode.toString(8)}`);
  return options.join(',');
}

/** One of HostConfig.VolumesFrom: container and mode. Throws `invalid-parameter`. */
export function parseVolumesFrom(text: string): { readonly container: string; readonly readWrite: boolean | undefined } {
  const colon = text.indexOf(':');
  const container = colon < 0 ? text : text.slice(0, colon);
  const mode = colon < 0 ? '' : text.slice(colon + 1);
  if (container === '') throw apiError('invalid-parameter', 'volumes-from specification cannot be an empty string');
  if (!['', 'rw', 'ro', 'z', 'Z', 'rw,z', 'ro,z', 'rw,Z', 'ro,Z'].includes(mode)) throw apiError('invalid-parameter', `invalid mode: ${mode}`);
  return { container, readWrite: mode === '' ? undefined : !mode.startsWith('ro') };
}
