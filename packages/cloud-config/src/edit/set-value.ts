// One key of a raw configuration changed, as `ros config set` does it.

import type { Value, ValueMap } from '@drover/yaml';
import { isForbiddenKey, isMap } from '@drover/yaml';
import { RosError } from '@drover/core';

/** A copy of `tree` with this value; missing maps on the way are made. Throws `not-a-map` when something else is in the way. */
export function setValue(tree: ValueMap, path: readonly string[], value: Value): ValueMap {
  const [key, ...rest] = path;
  if (key === undefined || key === '' || isForbiddenKey(key)) throw new RosError('bad-key', `${JSON.stringify(path.join('.'))} is not a key`, { hint: 'write names with dots between them, such as rancher.docker.debug' });
  if (rest.length === 0) return { ...tree, [key]: value };
  const below = tree[key] ?? {};
  if (!isMap(below)) throw new RosError('not-a-map', `${key} has a value, and so cannot have ${rest.join('.')} below it`, { hint: `clear it first: ros config set ${key} ''` });
  return { ...tree, [key]: setValue(below, rest, value) };
}
