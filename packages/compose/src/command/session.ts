// What every verb works with: the project, the engine, and where to print.

import { CancelSource, hasErrors, renderProblem, RosError } from '@drover/core';
import { DockerClient } from '@drover/docker-api';
import type { Host } from '@drover/host';
import type { ApplyOptions } from '../apply/apply-plan.ts';
import { applyPlan } from '../apply/apply-plan.ts';
import type { LoadResult } from '../load/load-project.ts';
import { loadProject } from '../load/load-project.ts';
import type { TextFile } from '../load/text-file.ts';
import { configHash } from '../model/config-hash.ts';
import type { Project, Service } from '../model/project.ts';
import type { Observed } from '../observe/observe.ts';
import { observe } from '../observe/observe.ts';
import type { Plan } from '../plan/step.ts';
import { renderPlan } from '../plan/step.ts';
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
}

const DEFAULT_SOCKET = '/var/run/docker.sock';

export class Session {
  readonly io: CommandIo;
  readonly flags: Flags;
  readonly environment: Readonly<Record<string, string>>;
  readonly cancel: CancelSource;
  private connected: DockerClient | undefined;

  constructor(io: CommandIo, flags: Flags) {
    this.io = io;
    this.flags = flags;
    this.cancel = io.cancel ?? new CancelSource();
    this.environment = Object.fromEntries(io.host.processes.environment().map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
  }

  get separator(): '-' | '_' {
    return this.flags.has('--compatibility') || this.environment['COMPOSE_COMPATIBILITY'] === 'true' ? '_' : '-';
  }

  /** Throws `bad-files` once all problems are printed. */
  async load(): Promise<Project> {
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
      const address = this.flags.value('--host') ?? this.environment['DOCKER_HOST'] ?? `unix://${DEFAULT_SOCKET}`;
      if (!address.startsWith('unix://')) throw new RosError('bad-host', `${address} is no unix socket`, { hint: 'set DOCKER_HOST to unix:///path' });
      this.connected = new DockerClient(this.io.host, address.slice('unix://'.length));
      await this.connected.negotiate();
    }
    return this.connected;
  }

  async observe(project: Project): Promise<Observed> {
    return observe(await this.client(), project, this.separator);
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
