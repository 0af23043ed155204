// What is kept of a container. The record is what was asked for and decided: it survives a power cut. The outcome is
// how it went last. The run is what a reboot ends.

import type { ContainerConfig, HostConfig, Propagation } from '@drover/docker-api';
import type { EndpointRequests, RunNetwork } from '../network/network-record.ts';

export const RECORD_FORMAT = 1;

export interface MountRecord {
  readonly type: 'bind' | 'volume' | 'tmpfs';
  /** Of a volume. */
  readonly name?: string;
  /** Path on the host; empty for tmpfs. */
  readonly source: string;
  readonly destination: string;
  /** As the user wrote it: "ro,rshared". */
  readonly mode: string;
  readonly readWrite: boolean;
  readonly propagation: Propagation | '';
  readonly recursive: boolean;
  /** A missing folder on the host is made, as `-v` does and `--mount` does not. */
  readonly createSource: boolean;
  /** A new volume takes over what the image has at the destination. */
  readonly copyUp: boolean;
  /** A volume that nobody named: it goes with its container. */
  readonly anonymous?: boolean;
  readonly tmpfsOptions?: string;
}

export interface ContainerRecord {
  readonly format: typeof RECORD_FORMAT;
  readonly id: string;
  /** Without the leading slash. */
  readonly name: string;
  readonly createdAt: string;
  readonly path: string;
  readonly args: readonly string[];
  /** sha256:... */
  readonly imageId: string;
  /** Merged with the image's. */
  readonly config: ContainerConfig & { readonly Labels: Readonly<Record<string, string>>; readonly Env: readonly string[] };
  readonly hostConfig: HostConfig;
  readonly mounts: readonly MountRecord[];
  /** Of a container with a network of its own. */
  readonly networks?: EndpointRequests;
}

export interface ContainerOutcome {
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly exitCode: number;
  readonly oomKilled: boolean;
  readonly error: string;
  readonly restartCount: number;
  /** A user stopped it: `unless-stopped` leaves it so. */
  readonly manuallyStopped: boolean;
}

/** The API's way to say "never". */
export const NEVER = '0001-01-01T00:00:00Z';

export const NO_OUTCOME: ContainerOutcome = {
  startedAt: NEVER,
  finishedAt: NEVER,
  exitCode: 0,
  oomKilled: false,
  error: '',
  restartCount: 0,
  manuallyStopped: false,
};

export interface ContainerRun {
  /** `creating` from before conmon starts until the process runs; `waiting`: it has ended and is to be restarted. */
  readonly phase: 'creating' | 'running' | 'waiting';
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: tells the process from a later one with its number. */
  readonly pidStart: string;
  readonly monitorPid: number;
  readonly monitorStart: string;
  readonly startedAt: string;
  readonly paused: boolean;
  /** Its places on bridges. */
  readonly network?: RunNetwork;
  /** Before the restart. */
  readonly delayMs?: number;
}

/** Nothing of it runs. */
export const NO_PROCESS: Omit<ContainerRun, 'phase'> = { pid: 0, pidStart: '', monitorPid: 0, monitorStart: '', startedAt: NEVER, paused: false };
