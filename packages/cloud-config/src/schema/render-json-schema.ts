// The schema as a JSON Schema, for editors: completion, hover text, wrong values underlined while one types. Draft 07,
// which all of them know. Written to docs/reference/cloud-config.schema.json by tools/references.mjs.

import type { KeySpec, ObjectSpec } from './key-spec.ts';
import { ENCODINGS, UPGRADE_POLICIES, WAYS_TO_LOG_IN } from './scalar-types.ts';
import type { ScalarValues } from './scalar-types.ts';
import { OBJECTS, shapeOf } from './schema.ts';

export type JsonSchema = { readonly [keyword: string]: unknown };

const TEXT = ['string', 'number', 'boolean'] as const;
const LABEL = '[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';

interface ScalarRule {
  /** YAML may have typed the text: all are the text's own to the loader. */
  readonly type: readonly ('string' | 'number' | 'integer' | 'boolean')[];
  /** Of the value when it is a string. */
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** As close to scalar-types.ts as patterns come; the loader has the last word. */
const SCALARS: Readonly<Record<keyof ScalarValues, ScalarRule>> = {
  string: { type: TEXT },
  boolean: { type: ['boolean', 'string'], pattern: '^([Yy]|[Yy][Ee][Ss]|[Oo][Nn]|[Tt][Rr][Uu][Ee]|[Nn]|[Nn][Oo]|[Oo][Ff][Ff]|[Ff][Aa][Ll][Ss][Ee])$' },
  integer: { type: ['integer', 'string'], pattern: '^[-+]?(0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]+|[1-9][0-9_]*|0)$' },
  'host name': { type: ['string', 'integer'], pattern: `^(?=.{0,64}$)(${LABEL}(\\.${LABEL})*\\.?)?$` },
  'ssh key': { type: ['string'], pattern: '(^|\\s)(ssh-|ecdsa-|sk-)[a-z0-9@.-]+\\s+AAAA[A-Za-z0-9+/=]{64,}(\\s|$)' },
  device: { type: ['string'], pattern: '^(/dev/.*|(LABEL|UUID|PARTLABEL|PARTUUID)=.+)?$' },
  'device path': { type: ['string'], pattern: '^/dev/\\S+$' },
  terminal: { type: ['string'], pattern: '^(/dev/)?(tty[A-Za-z0-9]*|hvc[0-9]+|console|xvc[0-9]+|ttysclp0|sclp_line0)$' },
  port: { type: ['integer', 'string'], minimum: 1, maximum: 65535, pattern: '^[0-9]+$' },
  permissions: { type: ['string', 'integer'], pattern: '^0?[0-7]{3,4}$' },
  encoding: { type: ['string'], enum: ENCODINGS },
  'way to log in': { type: ['string'], enum: WAYS_TO_LOG_IN },
  'upgrade policy': { type: ['string'], enum: UPGRADE_POLICIES },
};

/** An item that stands in a list twice is a slip. */
const UNIQUE: readonly string[] = ['ssh key', 'device path', 'terminal'];

const ACTS = { once: 'Acts once.', boot: 'Acts at each boot.', apply: 'Acts at each boot, and with ros config apply.', now: 'Acts at once.' } as const;

export function renderJsonSchema(): string {
  const { root, ...others } = Object.fromEntries(Object.entries(OBJECTS).map(([name, keys]) => [name, objectSchema(keys)]));
  const schema: JsonSchema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $comment: 'Written by tools/references.mjs from the tables in packages/cloud-config/src/schema: change those.',
    title: 'cloud-config of Drover',
    ...root,
    definitions: others,
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

function objectSchema(keys: ObjectSpec): JsonSchema {
  const properties = Object.fromEntries(Object.entries(keys).map(([key, spec]) => [key, { ...describe(spec), ...valueSchema(spec.type, spec.repeatable === true) }]));
  return { type: ['object', 'null'], additionalProperties: false, properties };
}

function describe(spec: KeySpec): JsonSchema {
  const effect = spec.ignored !== undefined ? `No effect: ${spec.ignored}.` : spec.works === true ? ACTS[spec.when] : 'No effect in this version yet.';
  return {
    description: `${spec.meaning}. ${effect} Since ${spec.since}.`,
    ...(spec.default !== undefined && { default: spec.default }),
    ...(spec.secret !== undefined && { writeOnly: true }),
    ...(spec.ignored !== undefined && { deprecated: true }),
  };
}

/** null stands for "as if it were not set", so every value of a key may be that. */
function valueSchema(type: string, loneItem = false): JsonSchema {
  const shape = shapeOf(type);
  switch (shape.is) {
    case 'scalar': return scalarSchema(type, true);
    case 'list': {
      const list = { type: ['array', 'null'], items: itemSchema(shape.of), ...(UNIQUE.includes(shape.of) && { uniqueItems: true }) };
      return loneItem ? { anyOf: [list, itemSchema(shape.of)] } : list;
    }
    case 'map': return { type: ['object', 'null'], additionalProperties: valueSchema(shape.of) };
    // Draft 07 looks at nothing beside a $ref.
    case 'object': return { allOf: [{ $ref: `#/definitions/${encodeURIComponent(type)}` }] };
    case 'service': return { type: ['object', 'null'] };
    case 'command': case 'mount': break;
  }
  return itemSchema(type);
}

function itemSchema(type: string): JsonSchema {
  const shape = shapeOf(type);
  switch (shape.is) {
    case 'scalar': return scalarSchema(type, false);
    case 'command': return { anyOf: [{ type: TEXT }, { type: 'array', items: { type: [...TEXT, 'null'] } }] };
    case 'mount': return { type: 'array', items: { type: [...TEXT, 'null'] }, minItems: 2, maxItems: 4 };
    case 'object': return { type: 'object', ...valueSchema(type) };
    case 'list': case 'map': case 'service': break;
  }
  return valueSchema(type);
}

function scalarSchema(type: string, nullable: boolean): JsonSchema {
  const rule = SCALARS[type as keyof ScalarValues];
  if (!nullable) return { ...rule };
  return { ...rule, type: [...rule.type, 'null'], ...(rule.enum !== undefined && { enum: [...rule.enum, null] }) };
}
