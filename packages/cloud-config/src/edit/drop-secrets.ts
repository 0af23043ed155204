// What `ros config get` and `ros config export` may show.

import { isList, isMap } from '@drover/yaml';
import type { Value } from '@drover/yaml';
import { shapeOf, specOf } from '../schema/schema.ts';

/** Without the keys that are never shown and, unless `showPrivate`, without private ones. Maps that this empties fall away. */
export function dropSecrets(value: Value, showPrivate: boolean): Value {
  return dropBelow('root', value, showPrivate);
}

function dropBelow(type: string, value: Value, showPrivate: boolean): Value {
  const shape = shapeOf(type);
  if (shape.is === 'list' && isList(value)) return value.map((item) => dropBelow(shape.of, item, showPrivate));
  if (!isMap(value) || (shape.is !== 'object' && shape.is !== 'map')) return value;
  const kept = Object.entries(value).flatMap(([key, inner]): [string, Value][] => {
    const spec = shape.is === 'object' ? specOf(shape.keys, key) : undefined;
    if (spec?.secret === 'hidden' || (spec?.secret === 'private' && !showPrivate)) return [];
    const innerType = shape.is === 'map' ? shape.of : spec?.type;
    const left = innerType === undefined ? inner : dropBelow(innerType, inner, showPrivate);
    const emptied = isMap(left) && isMap(inner) && Object.keys(left).length === 0 && Object.keys(inner).length > 0;
    return emptied ? [] : [[key, left]];
  });
  return Object.fromEntries(kept);
}
