// What the keys of a service hold, every value in its one long form.

export type Mapping = Readonly<Record<string, string>>;
/** Null: a name without a value, which the environment did not give one either. */
export type OpenMapping = Readonly<Record<string, string | null>>;
/** As Go writes it: 1m30s. */
export type Duration = string;
export type Bytes = number;

export type DependencyCondition = 'service_started' | 'service_healthy' | 'service_completed_successfully';

export interface Dependency {
  readonly condition: DependencyCondition;
  /** Restarted when the dependency is. */
  readonly restart?: boolean;
  readonly required: boolean;
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

/** A command that is run in a container after it has started, or before it is stopped. */
export interface Hook {
  readonly command?: readonly string[] | null;
  readonly user?: string;
  readonly privileged?: boolean;
  readonly working_dir?: string;
  readonly environment?: OpenMapping;
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
