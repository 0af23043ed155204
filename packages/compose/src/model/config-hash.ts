// The hash by which Docker Compose sees that a service has changed: SHA-256 of the service as Go writes it as JSON. It is
// the same as Docker Compose's (2.26), so that either sees the other's containers as up to date.

import { encodeHex, encodeUtf8 } from '@drover/core';
import type { Host } from '@drover/host';
import type { Value } from '@drover/yaml';
import { isList, isMap } from '@drover/yaml';
import { SERVICE } from '../schema/service-keys.ts';
import type { ObjectShape, Shape } from '../schema/shape.ts';
import type { Service } from './service.ts';
import { isEmptyValue, outOfShape } from './render-config.ts';
import type { Out } from './render-yaml.ts';

/** How a service is built and how many there are does not change a container. */
const NOT_HASHED: readonly string[] = ['build', 'pull_policy', 'scale'];

export function configHash(host: Pick<Host, 'sha256'>, service: Service): string {
  return encodeHex(host.sha256(encodeUtf8(hashedText(service))));
}

export function hashedText(service: Service): string {
  const { replicas: _, ...deploy } = service.deploy ?? {};
  const own = Object.entries(service).filter(([key]) => !NOT_HASHED.includes(key));
  const hashed = { ...Object.fromEntries(own), ...(service.deploy !== undefined && { deploy }) };
  return objectText(hashed as Readonly<Record<string, Value>>, SERVICE);
}

function textOf(value: Value, shape: Shape): string {
  if (value === null) return 'null';
  if (shape.kind === 'object' && isMap(value)) return objectText(value, shape);
  if (shape.kind === 'dict' && isMap(value)) return mapText(value, (inner) => textOf(inner, shape.of));
  if (shape.kind === 'mapping' && isMap(value)) return mapText(value, (inner) => escapeJson(inner as Out));
  if (shape.kind === 'list' && shape.of.kind !== 'scalar' && isList(value)) return `[${value.map((item) => textOf(item, shape.of)).join(',')}]`;
  return escapeJson(outOfShape(value, shape));
}

function objectText(value: Readonly<Record<string, Value>>, shape: ObjectShape): string {
  const parts: string[] = [];
  for (const [key, of] of Object.entries(shape.keys)) {
    const inner = value[key];
    const isStructure = of.kind === 'object' && of.kept !== true;
    if (of.hidden === true) continue;
    if (inner === undefined || inner === null) {
      // A structure that is no pointer is written even when it is empty.
      if (of.jsonNull === true) parts.push(`${JSON.stringify(key)}:null`);
      else if (isStructure) parts.push(`${JSON.stringify(key)}:${textOf({}, of)}`);
      continue;
    }
    if (of.kept === true || isStructure || !isEmptyValue(inner, of)) parts.push(`${JSON.stringify(of.jsonKey ?? key)}:${textOf(inner, of)}`);
  }
  return `{${parts.join(',')}}`;
}

function mapText(value: Readonly<Record<string, Value>>, text: (inner: Value) => string): string {
  const keys = Object.keys(value).sort(compareBytes);
  return `{${keys.map((key) => `${escapeJson(key)}:${text(value[key]!)}`).join(',')}}`;
}

/** Go's JSON is safe inside of HTML. */
function escapeJson(out: Out): string {
  return JSON.stringify(out).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function compareBytes(a: string, b: string): number {
  const [x, y] = [encodeUtf8(a), encodeUtf8(b)];
  for (let i = 0; i < x.length && i < y.length; i += 1) if (x[i] !== y[i]) return x[i]! - y[i]!;
  return x.length - y.length;
}
