// Values of every type of the schema, right ones and wrong ones: what tests and the fuzzer begin with. Not part of `ros`.

import type { Value } from '@drover/yaml';
import { isMap } from '@drover/yaml';
import { shapeOf } from './schema.ts';

export const SSH_KEY: string = `ssh-ed25519 ${'AAAAC3'.padEnd(68, 'x')}`;

const SAMPLES: Readonly<Record<string, Value>> = {
  'host name': 'box', 'ssh key': SSH_KEY, device: 'LABEL=X', 'device path': '/dev/sda', terminal: 'tty1',
  port: '22', permissions: '0644', encoding: 'b64', 'way to log in': 'password', 'upgrade policy': 'auto',
  string: 'x', boolean: 'true', integer: '5', command: 'x', mount: ['/dev/vdb', '/mnt', 'auto', ''], service: { image: 'x' },
};

/** A value of the type with every key in it. */
export function sampleOf(type: string): Value {
  const shape = shapeOf(type);
  if (shape.is === 'list') return [sampleOf(shape.of)];
  if (shape.is === 'map') return { name: sampleOf(shape.of) };
  if (shape.is === 'object') return Object.fromEntries(Object.entries(shape.keys).map(([key, spec]) => [key, sampleOf(spec.type)]));
  return SAMPLES[type]!;
}

/** For each key at any depth of a value: its path, and the value with something of another kind there. Lists count as one place. */
export function* brokenSamples(value: Value, type: string, path = ''): Generator<{ readonly path: string; readonly value: Value }> {
  const shape = shapeOf(type);
  const other: Value = shape.is === 'list' ? { no: 'list' } : shape.is === 'object' || shape.is === 'map' || shape.is === 'service' ? ['no map'] : { no: 'scalar' };
  if (path !== '') yield { path, value: other };
  if (shape.is !== 'object' || !isMap(value)) return;
  for (const [key, spec] of Object.entries(shape.keys)) {
    for (const one of brokenSamples(value[key]!, spec.type, path === '' ? key : `${path}.${key}`)) yield { path: one.path, value: { ...value, [key]: one.value } };
  }
}
