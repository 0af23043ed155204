// What reading a file needs to know, and how one file reaches another.

import { dirname, resolvePath } from '@drover/core';
import type { Host } from '@drover/host';
import type { ConfigNode } from '@drover/yaml';
import { placeOf } from '@drover/yaml';
import type { ComposeProblem } from '../problem.ts';
import type { Lookup } from './substitute.ts';
import type { TextFile } from './text-file.ts';
import { readTextFile } from './text-file.ts';

export interface ReadContext {
  readonly host: Pick<Host, 'files'>;
  readonly home: string;
  /** Of the project, or of the include. */
  readonly environment: ReadonlyMap<string, string>;
  /** What relative paths are relative to; undefined leaves them as they are. */
  readonly folder: string | undefined;
  readonly interpolate: boolean;
  readonly problems: ComposeProblem[];
  /** The files around this one. */
  readonly including: readonly string[];
}

export function lookupIn(environment: ReadonlyMap<string, string>): Lookup {
  return (name) => environment.get(name);
}

/** Reads another file that this one names; its own relative paths are relative to its folder. */
export function readNamedFile(context: ReadContext, path: string, at: ConfigNode): { readonly file: TextFile; readonly context: ReadContext } | undefined {
  const absolute = resolvePath(context.folder ?? '.', path);
  const found: ComposeProblem[] = [];
  const file = readTextFile(context.host, absolute, found);
  if (file !== undefined) return { file, context: { ...context, folder: context.folder === undefined ? undefined : dirname(absolute) } };
  context.problems.push(...found.map((one) => ({ ...one, message: `${absolute}: ${one.message}`, ...placeOf(at.source, at.offset) })));
  return undefined;
}
