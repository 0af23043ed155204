// Dotted keys such as `rancher.network.interfaces.eth0.dhcp`, and the keys with dots inside that RancherOS could not name.

import type { KeySpec } from './key-spec.ts';
import { shapeOf, specOf } from './schema.ts';

/**
 * The path that a dotted key means. Where the schema has a map of plain values, the rest is one name
 * (`rancher.sysctl.net.ipv4.ip_forward`); where it has a map of objects, the name goes up to the first part that is a
 * key of the object (`rancher.network.interfaces.eth0.100.dhcp`). Double quotes keep a part together anywhere.
 */
export function parseKeyPath(key: string): string[] {
  const parts = splitParts(key);
  const path: string[] = [];
  let type: string | undefined = 'root';
  let at = 0;
  while (at < parts.length) {
    const shape: ReturnType<typeof shapeOf> | undefined = type === undefined ? undefined : shapeOf(type);
    let taken = 1;
    if (shape?.is === 'map') {
      const inner = shapeOf(shape.of);
      if (inner.is === 'scalar') taken = parts.length - at;
      else if (inner.is === 'object') taken = lengthOfName(parts, at, (part) => specOf(inner.keys, part) !== undefined);
      type = shape.of;
    } else {
      type = shape?.is === 'object' ? specOf(shape.keys, parts[at]!)?.type : undefined;
    }
    path.push(parts.slice(at, at + taken).join('.'));
    at += taken;
  }
  return path;
}

/** What the schema says about a path: its type, and the entry of the table where it is a key of an object. */
export function findSpec(path: readonly string[]): { readonly type: string; readonly spec: KeySpec | undefined } | undefined {
  let found: { type: string; spec: KeySpec | undefined } = { type: 'root', spec: undefined };
  for (const part of path) {
    const shape = shapeOf(found.type);
    const spec = shape.is === 'object' ? specOf(shape.keys, part) : undefined;
    const type = shape.is === 'map' ? shape.of : spec?.type;
    if (type === undefined) return undefined;
    found = { type, spec };
  }
  return found;
}

/** 1 when no part behind it is a key. */
function lengthOfName(parts: readonly string[], start: number, isKey: (part: string) => boolean): number {
  for (let end = start + 1; end < parts.length; end += 1) if (isKey(parts[end]!)) return end - start;
  return 1;
}

function splitParts(key: string): string[] {
  if (!key.includes('"')) return key.split('.');
  const parts: string[] = [];
  for (const [, quoted, plain] of key.matchAll(/(?:^|\.)(?:"([^"]*)"|([^.]*))/g)) parts.push(quoted ?? plain ?? '');
  return parts;
}
