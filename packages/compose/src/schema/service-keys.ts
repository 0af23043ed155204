// Every key of a service. The order is the one in which Docker Compose renders them.

import type { ConfigNode } from '@drover/yaml';
import { childText, mapOf, scalarNode } from '../load/nodes.ts';
import { BUILD } from './build-keys.ts';
import { DEPLOY, DEVICE_REQUEST } from './deploy-keys.ts';
import { device, envFiles, extraHosts, finishVolume, gpus, healthTest, listOfOne, namesFor, spreadPort, textFor, volumeMount } from './long-forms.ts';
import type { ListShape, ObjectShape, ScalarShape } from './shape.ts';
import { bytes, dict, duration, flag, integer, kept, list, loose, number, numeral, object, oneOf, path, text } from './shape.ts';
import { COMMAND, environment, FILE_MOUNTS, itself, labels, oneOrMore, target, targetBelow, texts, ULIMITS, uniqueTexts } from './shared-shapes.ts';

const HOOK: ObjectShape = object({ command: COMMAND, user: text, privileged: flag, working_dir: text, environment });

/** Docker Compose's code gives these no name of their own. */
function goNamed(jsonKey: string, shape: ScalarShape): ScalarShape {
  return { ...shape, kept: true, jsonKey };
}

const BLKIO_LIMITS: ListShape = list(object({ path: goNamed('Path', text), rate: goNamed('Rate', bytes) }));

const PORT: ObjectShape = object({ name: text, mode: text, host_ip: text, target: integer, published: numeral, protocol: text, app_protocol: text }, { required: ['target'] });

function portIdentity(port: ConfigNode): string {
  const part = (key: string, other: string): string => childText(port, key) ?? other;
  return `${part('host_ip', '0.0.0.0')}:${part('published', '')}:${part('target', '')}/${part('protocol', 'tcp')}`;
}

const VOLUME: ObjectShape = object({
  type: text,
  source: text,
  target: text,
  read_only: flag,
  consistency: text,
  bind: object({ selinux: oneOf('z', 'Z'), propagation: text, create_host_path: flag, recursive: oneOf('enabled', 'disabled', 'writable', 'readonly') }),
  volume: object({ nocopy: flag, subpath: text }),
  tmpfs: object({ size: bytes, mode: integer }),
}, { long: volumeMount, finish: finishVolume, required: ['type', 'target'] });

const DEPENDENCY: ObjectShape = object({
  condition: oneOf('service_started', 'service_healthy', 'service_completed_successfully'),
  restart: flag,
  required: kept(flag),
}, { required: ['condition'] });

const NETWORK: ObjectShape = object({
  priority: integer, gw_priority: integer, aliases: uniqueTexts, ipv4_address: text, ipv6_address: text, link_local_ips: uniqueTexts, mac_address: text, driver_opts: labels,
});

const HEALTHCHECK: ObjectShape = object({
  test: list(text, { long: healthTest, replace: true }),
  timeout: kept(duration), interval: kept(duration), retries: kept(integer), start_period: kept(duration), start_interval: kept(duration), disable: flag,
});

/** Options of two different drivers don't mix. */
const LOGGING: ObjectShape = object({ driver: text, options: labels }, {
  mergeable: (base, over) => {
    const [before, after] = [childText(base, 'driver'), childText(over, 'driver')];
    return before === undefined || after === undefined || before === after;
  },
});

const percent: ScalarShape = { kind: 'scalar', type: 'number', atLeast: 0, atMost: 100 };

export const SERVICE: ObjectShape = object({
  profiles: uniqueTexts,
  annotations: labels,
  attach: kept(flag),
  build: BUILD,
  develop: object({
    watch: list(object({ path: kept(path), action: kept(oneOf('rebuild', 'sync', 'restart', 'sync+restart', 'sync+exec')), target: text, exec: loose(HOOK), ignore: texts }, { required: ['path', 'action'] })),
  }),
  blkio_config: object({
    weight: integer,
    weight_device: list(object({ path: goNamed('Path', text), weight: goNamed('Weight', integer) })),
    device_read_bps: BLKIO_LIMITS, device_read_iops: BLKIO_LIMITS, device_write_bps: BLKIO_LIMITS, device_write_iops: BLKIO_LIMITS,
  }),
  cap_add: uniqueTexts,
  cap_drop: uniqueTexts,
  cgroup_parent: text,
  cgroup: oneOf('host', 'private'),
  cpu_count: { ...integer, atLeast: 0 },
  cpu_percent: percent,
  cpu_period: integer,
  cpu_quota: integer,
  cpu_rt_period: integer,
  cpu_rt_runtime: integer,
  cpus: number,
  cpuset: text,
  cpu_shares: integer,
  command: COMMAND,
  configs: FILE_MOUNTS,
  container_name: text,
  credential_spec: object({ config: text, file: text, registry: text }),
  depends_on: dict(DEPENDENCY, { long: namesFor((at) => mapOf({ condition: 'service_started', required: true }, at)) }),
  deploy: DEPLOY,
  device_cgroup_rules: texts,
  devices: list(object({ source: text, target: text, permissions: text }, { long: device, required: ['source'] }), { identity: target }),
  dns: { ...oneOrMore, dropEmpty: true },
  dns_opt: uniqueTexts,
  dns_search: oneOrMore,
  domainname: text,
  entrypoint: COMMAND,
  environment,
  env_file: list(object({ path, required: kept(flag), format: text }, { required: ['path'] }), { long: envFiles, identity: (item) => childText(item, 'path') ?? '' }),
  expose: list(numeral, { identity: itself }),
  extends: object({ file: path, service: text }, { long: textFor('service'), required: ['service'], mergeable: () => false }),
  external_links: uniqueTexts,
  extra_hosts: list(text, { long: extraHosts, identity: itself, unordered: true }),
  group_add: list(numeral),
  gpus: list(DEVICE_REQUEST, { long: gpus }),
  hostname: text,
  healthcheck: HEALTHCHECK,
  image: text,
  init: kept(flag),
  ipc: text,
  isolation: text,
  labels,
  label_file: list(path, { long: listOfOne, identity: itself }),
  links: uniqueTexts,
  logging: LOGGING,
  mem_limit: bytes,
  mem_reservation: bytes,
  memswap_limit: bytes,
  mem_swappiness: bytes,
  mac_address: text,
  network_mode: text,
  networks: dict(NETWORK, { nullable: true, long: namesFor((at) => scalarNode(null, at)), kept: true }),
  oom_kill_disable: flag,
  oom_score_adj: { ...integer, atLeast: -1000, atMost: 1000 },
  pid: { ...text, nullable: true },
  pids_limit: integer,
  platform: text,
  ports: list(PORT, { spread: spreadPort, identity: portIdentity }),
  privileged: flag,
  pull_policy: oneOf('always', 'never', 'if_not_present', 'build', 'missing'),
  read_only: flag,
  restart: text,
  runtime: text,
  scale: kept(integer),
  secrets: { ...FILE_MOUNTS, identity: targetBelow('/run/secrets') },
  security_opt: texts,
  shm_size: bytes,
  stdin_open: flag,
  stop_grace_period: kept(duration),
  stop_signal: text,
  storage_opt: labels,
  sysctls: labels,
  tmpfs: oneOrMore,
  tty: flag,
  ulimits: ULIMITS,
  user: text,
  userns_mode: text,
  uts: text,
  volumes: list(VOLUME, { identity: target }),
  volumes_from: texts,
  working_dir: text,
  post_start: list(HOOK),
  pre_stop: list(HOOK),
});
