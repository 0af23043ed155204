// Trees of values that know where they were written; @drover/yaml/read makes them from text.

export type { YamlProblem, YamlProblemCode } from './problem.ts';
export { parseFlowValue } from './tree/flow-value.ts';
export type { ConfigNode, ListNode, MapEntry, MapNode, Place, ScalarNode, Source } from './tree/node.ts';
export { emptyTree, fromValue, getNode, isForbiddenKey, kindOf, placeOf, toValue } from './tree/node.ts';
export type { Scalar, Value, ValueMap } from './tree/value.ts';
export { isList, isMap, parseBoolean, parseInteger, resolvePlain } from './tree/value.ts';
