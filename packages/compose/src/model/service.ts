// A service of the canonical model. The names are those of the compose specification.

import type { Blkio, Build, Bytes, Dependency, Deploy, DeviceRequest, Duration, FileMount, Healthcheck, Hook, Mapping, Mount, OpenMapping, Port, ServiceNetwork, Ulimit } from './service-parts.ts';

export interface Service {
  readonly profiles?: readonly string[];
  readonly annotations?: Mapping;
  readonly attach?: boolean;
  readonly build?: Build;
  readonly blkio_config?: Blkio;
  readonly cap_add?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly cgroup_parent?: string;
  readonly cgroup?: string;
  readonly cpu_count?: number;
  readonly cpu_percent?: number;
  readonly cpu_period?: number;
  readonly cpu_quota?: number;
  readonly cpu_rt_period?: number;
  readonly cpu_rt_runtime?: number;
  readonly cpus?: number;
  readonly cpuset?: string;
  readonly cpu_shares?: number;
  /** Null: the image's own. */
  readonly command?: readonly string[] | null;
  readonly configs?: readonly FileMount[];
  readonly container_name?: string;
  readonly depends_on?: Readonly<Record<string, Dependency>>;
  readonly deploy?: Deploy;
  readonly device_cgroup_rules?: readonly string[];
  readonly devices?: readonly { readonly source: string; readonly target?: string; readonly permissions?: string }[];
  readonly dns?: readonly string[];
  readonly dns_opt?: readonly string[];
  readonly dns_search?: readonly string[];
  readonly domainname?: string;
  readonly entrypoint?: readonly string[] | null;
  readonly environment?: OpenMapping;
  readonly env_file?: readonly { readonly path: string; readonly required: boolean; readonly format?: string }[];
  readonly expose?: readonly string[];
  readonly external_links?: readonly string[];
  /** NAME=ADDRESS */
  readonly extra_hosts?: readonly string[];
  readonly group_add?: readonly string[];
  readonly gpus?: readonly DeviceRequest[];
  readonly hostname?: string;
  readonly healthcheck?: Healthcheck;
  readonly image?: string;
  readonly init?: boolean;
  readonly ipc?: string;
  readonly isolation?: string;
  readonly labels?: Mapping;
  readonly label_file?: readonly string[];
  readonly links?: readonly string[];
  readonly logging?: { readonly driver?: string; readonly options?: Mapping };
  readonly mem_limit?: Bytes;
  readonly mem_reservation?: Bytes;
  readonly memswap_limit?: Bytes;
  readonly mem_swappiness?: number;
  readonly mac_address?: string;
  readonly network_mode?: string;
  readonly networks?: Readonly<Record<string, ServiceNetwork | null>>;
  readonly oom_kill_disable?: boolean;
  readonly oom_score_adj?: number;
  readonly pid?: string;
  readonly pids_limit?: number;
  readonly platform?: string;
  readonly ports?: readonly Port[];
  readonly post_start?: readonly Hook[];
  readonly pre_stop?: readonly Hook[];
  readonly privileged?: boolean;
  readonly pull_policy?: 'always' | 'never' | 'missing' | 'build' | 'if_not_present';
  readonly read_only?: boolean;
  readonly restart?: string;
  readonly runtime?: string;
  readonly scale?: number;
  readonly secrets?: readonly FileMount[];
  readonly security_opt?: readonly string[];
  readonly shm_size?: Bytes;
  readonly stdin_open?: boolean;
  readonly stop_grace_period?: Duration;
  readonly stop_signal?: string;
  readonly storage_opt?: Mapping;
  readonly sysctls?: Mapping;
  readonly tmpfs?: readonly string[];
  readonly tty?: boolean;
  readonly ulimits?: Readonly<Record<string, Ulimit>>;
  readonly user?: string;
  readonly userns_mode?: string;
  readonly uts?: string;
  readonly volumes?: readonly Mount[];
  readonly volumes_from?: readonly string[];
  readonly working_dir?: string;
}

/** How many containers a service has. */
export function replicasOf(service: Service): number {
  return service.scale ?? service.deploy?.replicas ?? 1;
}
