import type { DockerMachine } from '../docker-machine.ts';

export interface ComposeTest {
  /** A sentence that states a behaviour. */
  readonly title: string;
  /** Skipped, and said so, where Docker Compose 2 is not installed. */
  readonly needsDockerCompose?: true;
  /** The integration tests of libcompose that it stands for: FILE: NAME. */
  readonly libcompose?: readonly string[];
  /** In a new project, with nothing on the engine but its images. */
  run(machine: DockerMachine): Promise<void>;
}

/** A service that goes on until it is stopped, and stops at once. */
export function lasting(keys = ''): string {
  return `{image: busybox, command: sleep 100000, stop_signal: SIGKILL${keys === '' ? '' : `, ${keys}`}}`;
}
