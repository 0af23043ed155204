// The short form of a mount: [SOURCE:]TARGET[:OPTION,OPTION...].

import { join } from '@drover/core';

export interface ParsedVolume {
  readonly type: 'bind' | 'volume';
  readonly source?: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly propagation?: string;
  readonly selinux?: string;
  readonly nocopy: boolean;
  /** Docker Compose gives these no part of their own in the long form. */
  readonly short: boolean;
}

const PROPAGATIONS: readonly string[] = ['rprivate', 'private', 'rshared', 'shared', 'rslave', 'slave'];

/** A text: what is wrong. */
export function parseVolume(text: string): ParsedVolume | string {
  if (text === '') return 'a mount cannot be empty';
  if (text.length <= 2) return { type: 'volume', target: text, readOnly: false, nocopy: false, short: true };
  const parts = splitColons(text);
  if (parts.some((part) => part === '')) return 'nothing stands between two colons';
  if (parts.length > 3) return 'too many colons';
  const [first, second, options = ''] = parts as [string, string?, string?];
  const source = second === undefined ? undefined : first;
  const words = options.split(',');
  const selinux = words.findLast((word) => word === 'z' || word === 'Z');
  const propagation = words.findLast((word) => PROPAGATIONS.includes(word));
  return {
    type: source !== undefined && isFilePath(source) ? 'bind' : 'volume',
    ...(source !== undefined && { source }),
    target: join(second ?? first),
    readOnly: words.findLast((word) => word === 'ro' || word === 'rw') === 'ro',
    ...(propagation !== undefined && { propagation }),
    ...(selinux !== undefined && { selinux }),
    nocopy: words.includes('nocopy'),
    short: false,
  };
}

/** The colon behind the letter of a Windows drive separates nothing. */
function splitColons(text: string): string[] {
  const parts: string[] = [''];
  for (const character of text) {
    const part = parts.at(-1)!;
    if (character === ':' && !/^[a-zA-Z]$/.test(part)) parts.push('');
    else parts[parts.length - 1] = part + character;
  }
  return parts;
}

function isFilePath(source: string): boolean {
  return /^[./~]/.test(source) || source.startsWith('\\\\') || /^[a-zA-Z]:/.test(source);
}
