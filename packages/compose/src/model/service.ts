// A service of the canonical model. The names are those of the compose specification.

import type { Blkio, Build, Bytes, Dependency, Deploy, DeviceRequest, Duration, FileMount, Healthcheck, Hook, Mapping, Mount, OpenMapping, Port, ServiceNetwork, Ulimit } from './service-parts.ts';

/** Keys that hold the same kind of value. */
type Keys<K extends string, V> = { readonly [key in K]?: V };

type TextKey =
  | 'cgroup_parent' | 'cgroup' | 'cpuset' | 'container_name' | 'domainname' | 'hostname' | 'image' | 'ipc' | 'isolation' | 'mac_address' | 'network_mode' | 'pid'
  | 'platform' | 'restart' | 'runtime' | 'stop_signal' | 'user' | 'userns_mode' | 'uts' | 'working_dir';

type NumberKey =
  | 'cpu_count' | 'cpu_percent' | 'cpu_period' | 'cpu_quota' | 'cpu_rt_period' | 'cpu_rt_runtime' | 'cpus' | 'cpu_shares' | 'mem_swappiness' | 'oom_score_adj'
  | 'pids_limit' | 'scale';

type FlagKey = 'attach' | 'init' | 'oom_kill_disable' | 'privileged' | 'read_only' | 'stdin_open' | 'tty';

type TextsKey =
  | 'profiles' | 'cap_add' | 'cap_drop' | 'device_cgroup_rules' | 'dns' | 'dns_opt' | 'dns_search' | 'expose' | 'external_links' | 'group_add' | 'label_file' | 'links'
  | 'security_opt' | 'tmpfs' | 'volumes_from';

type MappingKey = 'annotations' | 'labels' | 'storage_opt' | 'sysctls';

export interface Service extends Keys<TextKey, string>, Keys<NumberKey, number>, Keys<FlagKey, boolean>, Keys<TextsKey, readonly string[]>, Keys<MappingKey, Mapping> {
  readonly build?: Build;
  readonly blkio_config?: Blkio;
  /** Null: the image's own. */
  readonly command?: readonly string[] | null;
  readonly configs?: readonly FileMount[];
  readonly depends_on?: Readonly<Record<string, Dependency>>;
  readonly deploy?: Deploy;
  readonly devices?: readonly { readonly source: string; readonly target?: string; readonly permissions?: string }[];
  readonly entrypoint?: readonly string[] | null;
  readonly environment?: OpenMapping;
  readonly env_file?: readonly { readonly path: string; readonly required: boolean; readonly format?: string }[];
  /** NAME=ADDRESS */
  readonly extra_hosts?: readonly string[];
  readonly gpus?: readonly DeviceRequest[];
  readonly healthcheck?: Healthcheck;
  readonly logging?: { readonly driver?: string; readonly options?: Mapping };
  readonly mem_limit?: Bytes;
  readonly mem_reservation?: Bytes;
  readonly memswap_limit?: Bytes;
  readonly networks?: Readonly<Record<string, ServiceNetwork | null>>;
  readonly ports?: readonly Port[];
  readonly post_start?: readonly Hook[];
  readonly pre_stop?: readonly Hook[];
  readonly pull_policy?: 'always' | 'never' | 'missing' | 'build' | 'if_not_present';
  readonly secrets?: readonly FileMount[];
  readonly shm_size?: Bytes;
  readonly stop_grace_period?: Duration;
  readonly ulimits?: Readonly<Record<string, Ulimit>>;
  readonly volumes?: readonly Mount[];
}

/** How many containers a service has. */
export function replicasOf(service: Service): number {
  return service.scale ?? service.deploy?.replicas ?? 1;
}
