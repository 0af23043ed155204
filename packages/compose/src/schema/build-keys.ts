// service.build

import { extraHosts, keyValues, listOfOne, sshKeys, textFor } from './long-forms.ts';
import type { ObjectShape } from './shape.ts';
import { bytes, dict, flag, list, object, text } from './shape.ts';
import { environment, FILE_MOUNTS, itself, labels, texts, ULIMITS } from './shared-shapes.ts';

const textList = list(text, { long: listOfOne });

export const BUILD: ObjectShape = object({
  context: { kind: 'scalar', type: 'text', path: 'context' },
  dockerfile: text,
  dockerfile_inline: text,
  entitlements: texts,
  args: environment,
  ssh: list(text, { long: sshKeys, identity: (item) => itself(item).split(':', 1)[0]! }),
  labels,
  cache_from: textList,
  cache_to: textList,
  no_cache: flag,
  additional_contexts: dict({ kind: 'scalar', type: 'text', path: 'context' }, { long: keyValues }),
  pull: flag,
  extra_hosts: list(text, { long: extraHosts, identity: itself, unordered: true }),
  isolation: text,
  network: text,
  target: text,
  secrets: FILE_MOUNTS,
  shm_size: bytes,
  tags: list(text, { identity: itself }),
  ulimits: ULIMITS,
  platforms: texts,
  privileged: flag,
}, { long: textFor('context') });
