// The canonical model: what a set of compose files means, every value in its one long form. The names are those of the
// compose specification.

import type { Value } from '@drover/yaml';

export type Mapping = Readonly<Record<string, string>>;
/** Null: a name without a value, which the environment did not give one either. */
export type OpenMapping = Readonly<Record<string, string | null>>;
/** As Go writes it: 1m30s. */
export type Duration = string;
export type Bytes = number;

export interface Project {
  readonly name: string;
  /** Absolute. */
  readonly workingDir: string;
  /** The files it was read from. */
  readonly files: readonly string[];
  readonly environment: ReadonlyMap<string, string>;
  /** Those of the chosen profiles. */
  readonly services: Readonly<Record<string, Service>>;
  /** Those of other profiles. */
  readonly disabledServices: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, Network>>;
  readonly volumes: Readonly<Record<string, Volume>>;
  readonly secrets: Readonly<Record<string, FileObject>>;
  readonly configs: Readonly<Record<string, FileObject>>;
  readonly extensions: Readonly<Record<string, Value>>;
}

export type DependencyCondition = 'service_started' | 'service_healthy' | 'service_completed_successfully';

export interface Dependency {
  readonly condition: DependencyCondition;
  /** Restarted when the dependency is. */
  readonly restart?: boolean;
  readonly required: boolean;
}

export interface Build {
  readonly context: string;
  readonly dockerfile?: string;
  readonly dockerfile_inline?: string;
  readonly args?: OpenMapping;
  readonly labels?: Mapping;
  readonly cache_from?: readonly string[];
  readonly no_cache?: boolean;
  readonly pull?: boolean;
  readonly extra_hosts?: readonly string[];
  readonly network?: string;
  readonly target?: string;
  readonly shm_size?: Bytes;
  readonly tags?: readonly string[];
  readonly platforms?: readonly string[];
  readonly secrets?: readonly FileMount[];
  readonly additional_contexts?: Mapping;
  readonly ssh?: readonly string[];
  readonly cache_to?: readonly string[];
  readonly isolation?: string;
  readonly privileged?: boolean;
  readonly ulimits?: Readonly<Record<string, Ulimit>>;
  readonly entitlements?: readonly string[];
}

export interface Port {
  readonly name?: string;
  readonly mode?: string;
  readonly host_ip?: string;
  readonly target: number;
  /** One port or a range. */
  readonly published?: string;
  readonly protocol?: string;
  readonly app_protocol?: string;
}

export interface Mount {
  readonly type: 'bind' | 'volume' | 'tmpfs' | 'npipe' | 'cluster' | 'image';
  readonly source?: string;
  readonly target: string;
  readonly read_only?: boolean;
  readonly consistency?: string;
  readonly bind?: { readonly selinux?: string; readonly propagation?: string; readonly create_host_path?: boolean; readonly recursive?: string };
  readonly volume?: { readonly nocopy?: boolean; readonly subpath?: string };
  readonly tmpfs?: { readonly size?: Bytes; readonly mode?: number };
}

export interface FileMount {
  readonly source: string;
  readonly target?: string;
  readonly uid?: string;
  readonly gid?: string;
  readonly mode?: number;
}

export interface Healthcheck {
  readonly test?: readonly string[];
  readonly timeout?: Duration;
  readonly interval?: Duration;
  readonly retries?: number;
  readonly start_period?: Duration;
  readonly start_interval?: Duration;
  readonly disable?: boolean;
}

export interface ServiceNetwork {
  readonly priority?: number;
  readonly aliases?: readonly string[];
  readonly ipv4_address?: string;
  readonly ipv6_address?: string;
  readonly link_local_ips?: readonly string[];
  readonly mac_address?: string;
  readonly driver_opts?: Mapping;
}

export interface DeviceRequest {
  readonly capabilities?: readonly string[];
  readonly driver?: string;
  /** -1: all. */
  readonly count?: number;
  readonly device_ids?: readonly string[];
  readonly options?: Mapping;
}

export interface Resources {
  readonly cpus?: number;
  readonly memory?: Bytes;
  readonly pids?: number;
  readonly devices?: readonly DeviceRequest[];
}

export interface Deploy {
  readonly replicas?: number;
  readonly labels?: Mapping;
  readonly resources?: { readonly limits?: Resources; readonly reservations?: Resources };
  readonly restart_policy?: { readonly condition?: string; readonly delay?: Duration; readonly max_attempts?: number; readonly window?: Duration };
}

export type Ulimit = number | { readonly soft: number; readonly hard: number };

export interface BlkioDevice {
  readonly path: string;
  readonly rate?: Bytes;
  readonly weight?: number;
}

export interface Blkio {
  readonly weight?: number;
  readonly weight_device?: readonly BlkioDevice[];
  readonly device_read_bps?: readonly BlkioDevice[];
  readonly device_read_iops?: readonly BlkioDevice[];
  readonly device_write_bps?: readonly BlkioDevice[];
  readonly device_write_iops?: readonly BlkioDevice[];
}

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

export interface Network {
  readonly name: string;
  readonly driver?: string;
  readonly driver_opts?: Mapping;
  readonly ipam?: {
    readonly driver?: string;
    readonly config?: readonly { readonly subnet?: string; readonly gateway?: string; readonly ip_range?: string; readonly aux_addresses?: Mapping }[];
    readonly options?: Mapping;
  };
  readonly external?: boolean;
  readonly internal?: boolean;
  readonly attachable?: boolean;
  readonly labels?: Mapping;
  readonly enable_ipv4?: boolean;
  readonly enable_ipv6?: boolean;
}

export interface Volume {
  readonly name: string;
  readonly driver?: string;
  readonly driver_opts?: Mapping;
  readonly external?: boolean;
  readonly labels?: Mapping;
}

/** A secret or a config: from one of a file, a variable, or text. */
export interface FileObject {
  readonly name: string;
  readonly file?: string;
  readonly environment?: string;
  readonly content?: string;
  readonly external?: boolean;
  readonly labels?: Mapping;
  readonly driver?: string;
  readonly driver_opts?: Mapping;
  readonly template_driver?: string;
}

/** How many containers a service has. */
export function replicasOf(service: Service): number {
  return service.scale ?? service.deploy?.replicas ?? 1;
}

/** What a service named the same in two places must not be called in Docker: a project's name in its allowed letters. */
export function normalizeProjectName(text: string): string {
  return (text.toLowerCase().match(/[a-z0-9_-]/g) ?? []).join('').replace(/^[_-]+/, '');
}
