// A whole Host in memory. Time stands still until a test or a sleep with nothing else to do moves it; programs are
// functions; sockets are pairs of queues. What it records can be compared as text.

import { deferred, encodeUtf8 } from '@drover/core';
import type { Cancel, Deferred } from '@drover/core';
import { FakeFiles, kernelError } from './fake-files.ts';
import type { Address, Clock, Connection, ConnectOptions, Datagram, DatagramSocket, Exit, Host, Listener, Process, Processes, RunOptions, RunResult, Sockets } from './host.ts';
import { ByteQueue, connectionPair } from './streams.ts';

/** What a fake UDP server answers, nothing for silence. */
export type FakeDatagramServer = (bytes: Uint8Array) => readonly Datagram[];

/** What a fake program does: its output and exit code, from its arguments and input. */
export type FakeProgram = (args: readonly string[], input: string) => Partial<RunResult> | Promise<Partial<RunResult>>;

export class FakeClock implements Clock {
  private time: number;
  private sleepers: { due: number; wake: () => void }[] = [];
  private scheduled = false;

  constructor(startMs: number = Date.UTC(2026, 0, 1)) {
    this.time = startMs;
  }

  now(): number {
    return this.time;
  }

  monotonic(): number {
    return this.time;
  }

  /** Moves on by itself once all pending promise jobs have run, so that tests never wait. */
  sleep(ms: number, cancel?: Cancel): Promise<void> {
    const done = deferred();
    const sleeper = { due: this.time + ms, wake: () => done.resolve() };
    this.sleepers.push(sleeper);
    cancel?.onCancel((reason) => {
      this.sleepers = this.sleepers.filter((one) => one !== sleeper);
      done.reject(reason);
    });
    this.schedule();
    return done.promise;
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    void idle().then(() => {
      this.scheduled = false;
      const next = this.sleepers.reduce<{ due: number; wake: () => void } | undefined>((a, b) => (a === undefined || b.due < a.due ? b : a), undefined);
      if (next === undefined) return;
      this.sleepers = this.sleepers.filter((one) => one !== next);
      this.time = Math.max(this.time, next.due);
      next.wake();
      if (this.sleepers.length > 0) this.schedule();
    });
  }
}

/** Long enough for chains of promises to settle; there is no portable "when idle". */
async function idle(): Promise<void> {
  for (let i = 0; i < 2000; i += 1) await Promise.resolve();
}

export class FakeProcesses implements Processes {
  readonly args: string[] = ['test'];
  readonly pid = 1000;
  readonly uid = 0;
  readonly variables: Record<string, string> = {};
  readonly programs: Record<string, FakeProgram> = {};
  /** Each command that was run, as one line. */
  readonly ran: string[] = [];
  readonly signals: string[] = [];
  private nextPid = 2000;
  private readonly running = new Map<number, (exit: Exit) => void>();

  env(name: string): string | undefined {
    return this.variables[name];
  }

  environment(): readonly string[] {
    return Object.entries(this.variables).map(([name, value]) => `${name}=${value}`);
  }

  async run(command: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    this.ran.push(command.join(' '));
    const program = this.programs[command[0]!];
    if (program === undefined) throw kernelError('execve', 'ENOENT');
    const input = typeof options.input === 'string' ? options.input : '';
    return { code: 0, stdout: '', stderr: '', timedOut: false, ...(await program(command.slice(1), input)) };
  }

  start(command: readonly string[]): Process {
    this.ran.push(command.join(' '));
    const program = this.programs[command[0]!];
    if (program === undefined) throw kernelError('execve', 'ENOENT');
    this.nextPid += 1;
    const pid = this.nextPid;
    const exit = deferred<Exit>();
    const [stdout, stderr] = [new ByteQueue(), new ByteQueue()];
    this.running.set(pid, (value) => {
      this.running.delete(pid);
      stdout.end();
      stderr.end();
      exit.resolve(value);
    });
    void Promise.resolve(program(command.slice(1), '')).then((result) => {
      void stdout.push(encodeUtf8(result.stdout ?? ''));
      void stderr.push(encodeUtf8(result.stderr ?? ''));
      this.end(pid, { code: result.code ?? 0 });
    });
    return { pid, stdout, stderr, stdin: undefined, wait: () => exit.promise, kill: (signal) => this.kill(pid, signal) };
  }

  /** Ends a started program from the test. */
  end(pid: number, exit: Exit): void {
    this.running.get(pid)?.(exit);
  }

  kill(pid: number, signal: string | number): void {
    this.signals.push(`${pid} ${signal}`);
    if (signal === 'KILL' || signal === 'TERM') this.end(pid, { code: 128 + (signal === 'KILL' ? 9 : 15), signal: signal === 'KILL' ? 9 : 15 });
  }

  exists(pid: number): boolean {
    return this.running.has(pid);
  }
}

export class FakeSockets implements Sockets {
  private readonly listeners = new Map<string, (connection: Connection) => void>();
  /** By HOST:PORT. */
  readonly datagramServers: Record<string, FakeDatagramServer> = {};

  private key(address: Address): string {
    return 'unix' in address ? address.unix : `${address.host}:${address.port}`;
  }

  /** TLS is not spoken: what is behind it is said in plain. */
  async connect(address: Address, options: ConnectOptions = {}): Promise<Connection> {
    const accept = this.listeners.get(this.key(address));
    if (accept === undefined) throw kernelError('connect', 'unix' in address ? 'ENOENT' : 'ECONNREFUSED');
    const [here, there] = connectionPair();
    accept(there);
    if (options.tls !== undefined) await options.beforeTls?.(here);
    return here;
  }

  listen(address: Address, onConnection: (connection: Connection) => void): Listener {
    this.listeners.set(this.key(address), onConnection);
    return { port: 'port' in address ? address.port : 0, close: () => void this.listeners.delete(this.key(address)) };
  }

  openDatagrams(local: { readonly host: string; readonly port: number }): Promise<DatagramSocket> {
    const arrived: Datagram[] = [];
    let reader: Deferred<Datagram | undefined> | undefined;
    const wake = (): void => {
      if (arrived.length === 0) return;
      reader?.resolve(arrived.shift());
      reader = undefined;
    };
    return Promise.resolve({
      port: local.port,
      send: (bytes, to) => {
        arrived.push(...(this.datagramServers[this.key(to)]?.(bytes) ?? []));
        wake();
        return Promise.resolve();
      },
      receive: () => {
        const next = deferred<Datagram | undefined>();
        reader = next;
        wake();
        return next.promise;
      },
      close: () => reader?.resolve(undefined),
    });
  }
}

export class FakeHost implements Host {
  readonly files: FakeFiles;
  readonly processes: FakeProcesses = new FakeProcesses();
  readonly sockets: FakeSockets = new FakeSockets();
  readonly clock: FakeClock = new FakeClock();
  private counter = 0;

  constructor(tree: Readonly<Record<string, string>> = {}) {
    this.files = new FakeFiles(tree);
  }

  /** Not random: 1, 2, 3... so that tests can name what it produced. */
  random(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => (this.counter += 1) & 0xff);
  }

  /** Not SHA-256: different for different input, which is what fakes need. */
  sha256(bytes: Uint8Array): Uint8Array {
    let hash = 2166136261;
    for (const byte of bytes) hash = Math.imul(hash ^ byte, 16777619) >>> 0;
    return Uint8Array.from({ length: 32 }, (_, i) => (hash >>> ((i % 4) * 8)) ^ i);
  }
}
