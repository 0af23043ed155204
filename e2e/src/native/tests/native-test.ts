import type { NativeMachine } from '../native-machine.ts';

export interface NativeTest {
  /** A sentence that states a behaviour. */
  readonly title: string;
  /** It needs servers on this machine's loopback; the others have a network of their own. */
  readonly sharesNetwork?: boolean;
  /** The daemon runs, without containers. */
  run(machine: NativeMachine): Promise<void>;
}
