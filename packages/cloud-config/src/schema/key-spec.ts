// What the schema says about one key. The tables beside this file are the only description of a cloud-config: types,
// checks, defaults and the reference page all come from them.

import type { Value } from '@drover/yaml';

/** When a changed value takes effect: one time only, at the next boot, then or with `ros config apply`, or with the next command that uses it. */
export type When = 'once' | 'boot' | 'apply' | 'now';

export interface KeySpec {
  /** `string`, a type of scalar-types.ts, an object of schema.ts, `list of T` or `map of T`. */
  readonly type: string;
  /** First release of RancherOS that has it. */
  readonly since: string;
  readonly when: When;
  /** One sentence without its full stop. */
  readonly meaning: string;
  /** For an object: defaults of its keys that hold only here. */
  readonly default?: Value;
  /** This version acts on it. Without it: accepted, checked, and not acted on yet. */
  readonly works?: true;
  /** Accepted for old files and never acted on, because... */
  readonly ignored?: string;
  /** `private`: only in `ros config export --private`. `hidden`: never shown by `ros config`. */
  readonly secret?: 'private' | 'hidden';
  /** Repeated kernel words add to the list instead of replacing it. */
  readonly repeatable?: true;
}

export type ObjectSpec = Readonly<Record<string, KeySpec>>;
