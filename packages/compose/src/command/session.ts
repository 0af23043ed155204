// What every verb works with: the project, the engine, and where to print.

import { CancelSource, hasErrors, join, renderProblem, RosError } from '@drover/core';
import { DockerClient, RegistryLogins } from '@drover/docker-api';
import type { TerminalSize } from '@drover/docker-api';
import type { ByteSource, Host } from '@drover/host';
import type { ApplyOptions } from '../apply/apply-plan.ts';
import { applyPlan } from '../apply/apply-plan.ts';
import type { LoadResult } from '../load/load-project.ts';
import { loadProject } from '../load/load-project.ts';
import type { TextFile } from '../load/text-file.ts';
import { configHash } from '../model/config-hash.ts';
import type { Project } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import type { Observed, ObservedContainers } from '../observe/observe.ts';
import { observe, observeContainers } from '../observe/observe.ts';
import type { Plan } from '../plan/step.ts';
import { renderPlan } from '../plan/step.ts';
import { dockerFolder, findEndpoint } from './find-endpoint.ts';
import type { Flags } from './flags.ts';
import { ProgressBlock } from './progress-block.ts';
import type { ProgressPrinter } from './progress-lines.ts';
import { ProgressLines, SILENT } from './progress-lines.ts';

export interface CommandIo {
  readonly host: Host;
  /** Without the program's name. */
  readonly args: readonly string[];
  /** Absolute. */
  readonly folder: string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** The text of standard input, for `-f -`. */
  readonly readInput: () => Promise<string>;
  readonly cancel?: CancelSource;
  /** `err` is a terminal, which lines can be written over on. */
  readonly terminal?: boolean;
  /** Output of commands in containers as it is; without it, as text to `out` and `err`. */
  readonly writeBytes?: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => Promise<void>;
  /** What commands in containers read; without it they have no input. Opened at most once. */
  readonly openInput?: () => ByteSource;
  /** Input and output are one terminal. */
  readonly interactive?: InteractiveTerminal;
}

export interface InteractiveTerminal {
  /** Keys come as they are pressed; call what it returns to have it as before. */
  setRaw(): () => void;
  size(): TerminalSize;
  onResize(call: () => void): void;
}

/** Steps that a registry may want to know about who asks. */
const LOGGED_IN: readonly string[] = ['pull', 'push', 'build'];

export class Session {
  readonly io: CommandIo;
  readonly flags: Flags;
  readonly environment: Readonly<Record<string, string>>;
  readonly cancel: CancelSource;
  private connected: DockerClient | undefined;
  private loaded: Promise<Project> | undefined;

  constructor(io: CommandIo, flags: Flags) {
    this.io = io;
    this.flags = flags;
    this.cancel = io.cancel ?? new CancelSource();
    this.environment = Object.fromEntries(io.host.processes.environment().map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
  }

  get separator(): '-' | '_' {
    return this.flags.has('--compatibility') || this.environment['COMPOSE_COMPATIBILITY'] === 'true' ? '_' : '-';
  }

  /** Once. Throws `bad-files` when all problems are printed. */
  load(): Promise<Project> {
    this.loaded ??= this.read();
    return this.loaded;
  }

  private async read(): Promise<Project> {
    const files: (string | TextFile)[] = [];
    for (const file of this.flags.values('--file')) files.push(file === '-' ? { name: 'standard input', text: await this.io.readInput() } : file);
    const directory = this.flags.value('--project-directory');
    const name = this.flags.value('--project-name');
    const result: LoadResult = loadProject(this.io.host, {
      folder: this.io.folder,
      environment: this.environment,
      home: this.environment['HOME'] ?? '/root',
      profiles: this.flags.values('--profile'),
      ...(files.length > 0 && { files }),
      ...(directory !== undefined && { projectDirectory: directory }),
      ...(name !== undefined && { projectName: name }),
      ...(this.flags.values('--env-file').length > 0 && { envFiles: this.flags.values('--env-file') }),
    });
    for (const problem of result.problems) this.io.err(`${renderProblem(problem)}\n`);
    if (result.project === undefined || hasErrors(result.problems)) throw new RosError('bad-files', 'the compose files have errors');
    return result.project;
  }

  async client(): Promise<DockerClient> {
    if (this.connected === undefined) {
      this.connected = new DockerClient(this.io.host, await findEndpoint(this.io.host, this.flags.value('--host'), this.environment));
      await this.connected.negotiate();
    }
    return this.connected;
  }

  async observe(project: Project): Promise<Observed> {
    return observe(await this.client(), project, this.separator);
  }

  /** One call to the engine. */
  async observeContainers(project: Project): Promise<ObservedContainers> {
    return observeContainers(await this.client(), project);
  }

  hashOf(): (service: Service) => string {
    return (service) => configHash(this.io.host, service);
  }

  private printer(): ProgressPrinter {
    const kind = this.flags.value('--progress') ?? 'auto';
    if (!['auto', 'tty', 'plain', 'quiet'].includes(kind)) throw new RosError('usage', `--progress takes auto, tty, plain or quiet, not ${kind}`);
    if (kind === 'quiet') return SILENT;
    return kind === 'tty' || (kind === 'auto' && this.io.terminal === true) ? new ProgressBlock(this.io.err) : new ProgressLines(this.io.err);
  }

  /** With `--dry-run` it is only printed. Throws `apply-failed` with the first error. */
  async apply(plan: Plan, options: ApplyOptions = {}): Promise<void> {
    if (this.flags.has('--dry-run')) {
      this.io.out(renderPlan(plan));
      return;
    }
    const printer = this.printer();
    const parallel = this.flags.number('--parallel');
    const { failed, skipped } = await applyPlan(this.io.host, await this.client(), plan, {
      cancel: this.cancel,
      ...(plan.some(({ action }) => LOGGED_IN.includes(action.do)) && { logins: new RegistryLogins(this.io.host, join(dockerFolder(this.environment), 'config.json')) }),
      onProgress: (progress) => printer.show(progress),
      onOutput: (_, line) => line !== '' && printer.say(line),
      ...(parallel !== undefined && parallel > 0 && { parallel }),
      ...options,
    });
    const [first] = failed;
    if (first !== undefined) throw first.error;
    if (skipped.length > 0) throw this.cancel.reason ?? new RosError('apply-failed', `${skipped.length} steps were not done`);
  }
}
