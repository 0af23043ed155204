// A system service as data: RancherOS's compose form (v1 map, `rancher.services` in cloud-config), as far as it is used.

export interface ServiceDefinition {
  readonly image: string;
  readonly command?: readonly string[];
  readonly privileged?: boolean;
  readonly cap_add?: readonly string[];
  readonly net?: 'host' | 'none';
  readonly pid?: 'host';
  readonly ipc?: 'host';
  readonly uts?: 'host';
  readonly restart?: 'always' | 'no' | 'unless-stopped';
  readonly read_only?: boolean;
  /** SOURCE:TARGET[:OPTIONS] */
  readonly volumes?: readonly string[];
  /** File systems in memory, empty at each start. */
  readonly tmpfs?: readonly string[];
  /** NAME=value; a NAME alone gets its value from the configuration, and is left out without one. */
  readonly environment?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly oom_score_adj?: number;
}

export type Services = Readonly<Record<string, ServiceDefinition>>;
