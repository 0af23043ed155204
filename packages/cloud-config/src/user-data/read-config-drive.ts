// Config drives: small disks, told by their label, that hypervisors attach or people make.
// Layouts: https://docs.openstack.org/nova/latest/user/metadata.html (config-2) and
// https://docs.cloud-init.io/en/latest/reference/datasources/nocloud.html (cidata).

import { codeOf, explain, isWithin, join } from '@drover/core';
import type { Files } from '@drover/host';
import type { Metadata } from '../layers/resolve-configuration.ts';
import type { ConfigProblem } from '../problem.ts';
import { TEXT_LIMIT_BYTES } from '../text/decode-text.ts';
import type { UserData } from './classify-user-data.ts';
import type { MetadataFormat } from './read-metadata.ts';
import { readMetadata } from './read-metadata.ts';

export interface ConfigDrive {
  /** In their order: cloud-config, scripts, compose files. */
  readonly userData: readonly UserData[];
  /** The user-data as it is, when it has includes: expand it again when there is a network. */
  readonly waiting: Uint8Array | undefined;
  readonly metadata: Metadata | undefined;
  readonly problems: readonly ConfigProblem[];
}

export interface ReaderHost {
  readonly files: Pick<Files, 'readBytes' | 'stat' | 'realPath'>;
}

interface Layout {
  readonly userData: string;
  readonly metadata: string;
  readonly format: MetadataFormat;
  /** Files that would count elsewhere and do not here -> what to do instead. */
  readonly unread: Readonly<Record<string, string>>;
}

/** Labels in lower case, as they are compared. */
export type DriveLabel = 'config-2' | 'cidata';

/** Of several drives the first label counts. */
export const DRIVE_LABELS: readonly DriveLabel[] = ['config-2', 'cidata'];

const LAYOUTS: Readonly<Record<DriveLabel, Layout>> = {
  'config-2': {
    userData: 'openstack/latest/user_data',
    metadata: 'openstack/latest/meta_data.json',
    format: { syntax: 'json', hostname: ['hostname'], publicKeys: 'public_keys', keysAsText: false },
    unread: {},
  },
  'cidata': {
    userData: 'user-data',
    metadata: 'meta-data',
    format: { syntax: 'yaml', hostname: ['local-hostname', 'hostname'], publicKeys: 'public-keys', keysAsText: true },
    unread: { 'network-config': 'write rancher.network into user-data', 'vendor-data': 'put it into user-data' },
  },
};

/** `directory`: where the drive is mounted. A missing file is no problem: all are optional. */
export async function readConfigDrive(host: ReaderHost, directory: string, label: DriveLabel): Promise<ConfigDrive> {
  const layout = LAYOUTS[label];
  const problems: ConfigProblem[] = [];
  const bytes = readInside(host, directory, layout.userData, problems);
  const { expandUserData } = await import('./expand-user-data.ts');
  const expanded = await expandUserData(bytes ?? new Uint8Array(0), join(directory, layout.userData));
  problems.push(...expanded.problems);
  const described = readInside(host, directory, layout.metadata, problems);
  const metadata = described === undefined ? undefined : await readMetadata(described, join(directory, layout.metadata), layout.format, problems);
  for (const [name, hint] of Object.entries(layout.unread)) {
    const source = join(directory, name);
    if ((host.files.stat(source)?.sizeBytes ?? 0) > 0) problems.push({ code: 'unsupported-user-data', severity: 'warning', message: `${name} is left out`, source, hint });
  }
  return { userData: expanded.parts, waiting: expanded.needsNetwork ? bytes : undefined, metadata, problems };
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
