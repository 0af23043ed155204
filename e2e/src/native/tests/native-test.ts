import type { NativeMachine } from '../native-machine.ts';

export interface NativeTest {
  /** A sentence that states a behaviour. */
  readonly title: string;
  /** The daemon runs, without containers. */
  run(machine: NativeMachine): Promise<void>;
}
