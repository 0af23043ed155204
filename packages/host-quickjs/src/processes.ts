// Processes and children over ros:process.
// INVARIANT: this module is the only place that waits for children. SIGCHLD arrives through one signal descriptor;
// every child that ends is either one we started (its waiters are told) or an orphan (only PID 1 and subreapers get
// those). A child is registered in the same turn in which it was started, so its end can't be missed.

import { codeOf, deferred, encodeUtf8, RosError } from '@drover/core';
import type { Deferred } from '@drover/core';
import type {
  ByteSink, ByteSource, ChildOptions, Children, Exit, Process, Processes, RunOptions, RunResult, SignalName, StartOptions,
} from '@drover/host';
import { readAllText } from '@drover/host';
import * as io from 'ros:io';
import * as loop from 'ros:loop';
import * as native from 'ros:process';
import { Descriptor, sinkOf, sourceOf } from './descriptors.ts';
import { startup } from './prelude.ts';

const SIGNALS: Readonly<Record<SignalName, number>> = {
  HUP: native.SIGHUP,
  INT: native.SIGINT,
  QUIT: native.SIGQUIT,
  KILL: native.SIGKILL,
  USR1: native.SIGUSR1,
  USR2: native.SIGUSR2,
  TERM: native.SIGTERM,
  CONT: native.SIGCONT,
  STOP: native.SIGSTOP,
  WINCH: native.SIGWINCH,
  PWR: native.SIGPWR,
};

export function signalNumber(signal: SignalName | number): number {
  return typeof signal === 'number' ? signal : SIGNALS[signal];
}

/** From a wait(2) status. */
export function exitOf(status: number): Exit {
  const signal = status & 0x7f;
  return signal === 0 ? { code: (status >> 8) & 0xff } : { code: 128 + signal, signal };
}

export class QuickjsChildren implements Children {
  private readonly waiting = new Map<number, Deferred<Exit>>();
  private orphanHandler: ((pid: number, exit: Exit) => void) | undefined;
  private listening = false;

  /** Starts listening for ends of children; before the first start, so that none is missed. */
  private listen(): void {
    if (this.listening) return;
    this.listening = true;
    const fd = native.signalOpen([native.SIGCHLD]);
    loop.watch(fd, 1, () => {
      while (native.signalRead(fd) !== null);
      this.reap();
    });
  }

  private reap(): void {
    for (let ended = native.wait(-1); ended !== null; ended = native.wait(-1)) {
      const [pid, status] = ended;
      const waiter = this.waiting.get(pid);
      this.waiting.delete(pid);
      if (waiter !== undefined) waiter.resolve(exitOf(status));
      else this.orphanHandler?.(pid, exitOf(status));
    }
  }

  start(options: ChildOptions): Process {
    this.listen();
    const given = options.descriptors ?? [];
    const used = new Set(given.map(([number]) => number));
    const opened: number[] = [];
    const fds = given.flatMap(([number, fd]) => [number, fd]);
    for (const number of [0, 1, 2]) {
      if (used.has(number)) continue;
      const fd = io.open('/dev/null', io.O_RDWR, 0);
      opened.push(fd);
      fds.push(number, fd);
    }
    if (options.cgroup !== undefined) opened.push(io.open(`${options.cgroup}/cgroup.procs`, io.O_WRONLY, 0));
    try {
      const pid = native.spawn({
        argv: options.argv,
        fds,
        ...(options.env && { env: options.env }),
        ...(options.cwd !== undefined && { cwd: options.cwd }),
        ...(options.root !== undefined && { root: options.root }),
        ...(options.uid !== undefined && { uid: options.uid }),
        ...(options.gid !== undefined && { gid: options.gid }),
        ...(options.cgroup !== undefined && { cgroup: opened.at(-1)! }),
        ...(options.deathSignal && { deathSignal: signalNumber(options.deathSignal) }),
        newSession: options.newSession ?? false,
        controllingTty: options.controllingTerminal ?? false,
      });
      const exit = deferred<Exit>();
      this.waiting.set(pid, exit);
      return {
        pid,
        stdin: undefined,
        stdout: undefined,
        stderr: undefined,
        wait: () => exit.promise,
        kill: (signal) => {
          if (this.waiting.has(pid)) kill(pid, signal);
        },
      };
    } catch (error) {
      throw new RosError('start-failed', `starting ${options.argv[0] ?? 'nothing'} failed`, { cause: error, facts: { code: codeOf(error) } });
    } finally {
      for (const fd of opened) io.close(fd);
    }
  }

  onOrphan(handler: (pid: number, exit: Exit) => void): void {
    this.listen();
    this.orphanHandler = handler;
  }

  onSignal(signals: readonly (SignalName | number)[], handler: (signal: number) => void): void {
    const fd = native.signalOpen(signals.map(signalNumber));
    loop.watch(fd, 1, () => {
      for (let got = native.signalRead(fd); got !== null; got = native.signalRead(fd)) handler(got[0]);
    });
  }

  pipe(): { read: number; write: number } {
    const [read, write] = io.pipe(0);
    return { read, write };
  }

  source(fd: number): ByteSource {
    return sourceOf(new Descriptor(fd));
  }

  sink(fd: number): ByteSink {
    return sinkOf(new Descriptor(fd));
  }

  closeDescriptor(fd: number): void {
    io.close(fd);
  }

  openDescriptor(path: string, mode: 'read' | 'write' | 'append' | 'read-write'): number {
    const flags = { read: io.O_RDONLY, write: io.O_WRONLY, append: io.O_WRONLY | io.O_APPEND | io.O_CREAT, 'read-write': io.O_RDWR };
    return io.open(path, flags[mode] | io.O_NOCTTY, 0o644);
  }
}

/** No error when the process is gone. */
export function kill(pid: number, signal: SignalName | number): void {
  try {
    native.kill(pid, signalNumber(signal));
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

export class QuickjsProcesses implements Processes {
  readonly args: readonly string[] = startup.args;
  readonly pid: number = native.identity().pid;
  readonly uid: number = native.identity().uid;
  private readonly children: QuickjsChildren;

  constructor(children: QuickjsChildren) {
    this.children = children;
  }

  environment(): readonly string[] {
    return native.environment();
  }

  env(name: string): string | undefined {
    const entry = this.environment().find((one) => one.startsWith(`${name}=`));
    return entry?.slice(name.length + 1);
  }

  start(command: readonly string[], options: StartOptions = {}): Process {
    const theirs: number[] = [];
    const descriptors: [number, number][] = [];
    let stdin: ByteSink | undefined;
    const outputs: (ByteSource | undefined)[] = [undefined, undefined];
    if (options.stdin === 'pipe') {
      const { read, write } = this.children.pipe();
      theirs.push(read);
      descriptors.push([0, read]);
      stdin = this.children.sink(write);
    } else if (options.stdin === 'inherit') descriptors.push([0, 0]);
    [options.stdout, options.stderr].forEach((how, i) => {
      if (how === 'pipe') {
        const { read, write } = this.children.pipe();
        theirs.push(write);
        descriptors.push([i + 1, write]);
        outputs[i] = this.children.source(read);
      } else if (how !== 'null') descriptors.push([i + 1, i + 1]);
    });
    try {
      const child = this.children.start({
        argv: command,
        descriptors,
        ...(options.env && { env: options.env }),
        ...(options.cwd !== undefined && { cwd: options.cwd }),
        newSession: options.newSession ?? false,
      });
      return { ...child, stdin, stdout: outputs[0], stderr: outputs[1] };
    } catch (error) {
      stdin?.close();
      for (const output of outputs) output?.close();
      throw error;
    } finally {
      for (const fd of theirs) io.close(fd);
    }
  }

  async run(command: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const { timeoutMs = 60_000, outputLimitBytes = 1 << 20 } = options;
    const child = this.start(command, {
      stdin: options.input === undefined ? 'null' : 'pipe',
      stdout: 'pipe',
      stderr: 'pipe',
      ...(options.env && { env: options.env }),
      ...(options.cwd !== undefined && { cwd: options.cwd }),
    });
    let timedOut = false;
    const timer = loop.setTimer(() => {
      timedOut = true;
      child.kill('KILL');
    }, timeoutMs);
    const stopListening = options.cancel?.onCancel(() => child.kill('KILL'));
    try {
      const feeding = child.stdin === undefined ? undefined : feed(child.stdin, options.input ?? '');
      const [stdout, stderr, exit] = await Promise.all([
        readAllText(child.stdout!, outputLimitBytes),
        readAllText(child.stderr!, outputLimitBytes),
        child.wait(),
        feeding,
      ]);
      if (options.cancel?.reason !== undefined) throw options.cancel.reason;
      return { ...exit, stdout, stderr, timedOut };
    } finally {
      loop.clearTimer(timer);
      stopListening?.();
      child.stdout?.close();
      child.stderr?.close();
    }
  }

  kill(pid: number, signal: SignalName | number): void {
    kill(pid, signal);
  }

  exists(pid: number): boolean {
    try {
      native.kill(pid, 0);
      return true;
    } catch (error) {
      return codeOf(error) === 'EPERM';
    }
  }
}

/** A program that does not read its input is no failure. */
async function feed(stdin: ByteSink, input: string | Uint8Array): Promise<void> {
  try {
    await stdin.write(typeof input === 'string' ? encodeUtf8(input) : input);
  } catch (error) {
    if (codeOf(error) !== 'EPIPE') throw error;
  } finally {
    stdin.close();
  }
}
