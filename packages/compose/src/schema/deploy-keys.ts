// service.deploy, and requests for devices.

import type { ObjectShape } from './shape.ts';
import { bytes, duration, integer, kept, list, loose, number, object, oneOf, text } from './shape.ts';
import { labels, texts } from './shared-shapes.ts';

const count = { kind: 'scalar', type: 'count' } as const;

export const DEVICE_REQUEST: ObjectShape = object({ capabilities: texts, driver: text, count, device_ids: texts, options: labels });

const UPDATE: ObjectShape = object({
  parallelism: kept(integer), delay: duration, failure_action: text, monitor: duration, max_failure_ratio: number, order: oneOf('start-first', 'stop-first'),
});

const GENERIC = list(object({ discrete_resource_spec: object({ kind: kept(text), value: kept(integer) }) }));

export const DEPLOY: ObjectShape = object({
  mode: text,
  replicas: kept(integer),
  labels,
  update_config: UPDATE,
  rollback_config: UPDATE,
  resources: loose(object({
    limits: object({ cpus: number, memory: bytes, pids: integer }),
    reservations: object({ cpus: number, memory: bytes, devices: list({ ...DEVICE_REQUEST, required: ['capabilities'] }), generic_resources: GENERIC }),
  })),
  restart_policy: object({ condition: text, delay: kept(duration), max_attempts: kept(integer), window: kept(duration) }),
  placement: loose(object({ constraints: texts, preferences: list(object({ spread: text })), max_replicas_per_node: integer })),
  endpoint_mode: text,
});

