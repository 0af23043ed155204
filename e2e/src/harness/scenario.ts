// A scenario: one promise of the product, as a sentence, and the body that tries to break it.

import { RosError } from '@drover/core';
import { Machine } from '../machine/index.ts';
import type { MachineOptions, Workplace } from '../machine/index.ts';

/** How to bring up a machine. Scenarios that name the same setup object share one booted machine. */
export interface Setup {
  readonly name: string;
  /** Makes the disks below `folder` and says what the machine is; `name` is the folder's own below .cache/run. */
  prepare(place: Workplace, folder: string): Promise<Omit<MachineOptions, 'name'>>;
  /** Waits until the machine is up. */
  ready(machine: Machine): Promise<void>;
}

export interface ScenarioOptions {
  /** The machine to run on, shared with others. Without it the body starts its own. */
  readonly on?: Setup;
  /** What the body leaves behind on a shared machine: `dirty` ones are restored from a snapshot. Default `clean`. */
  readonly leaves?: 'clean' | 'dirty';
  /** Of the programs beside the machine; without it the scenario is skipped, and that is said. */
  readonly needsRoot?: boolean;
  /** Only with --long. */
  readonly long?: boolean;
  /** For all of the body, booting its own machines included; default 6 minutes. */
  readonly deadlineMs?: number;
  /** Rough length, so that long ones start first; default 1, or 0.25 on a shared machine. */
  readonly minutes?: number;
}

export interface Scenario extends ScenarioOptions {
  readonly title: string;
  readonly body: (scene: Scene) => Promise<void>;
}

export function scenario(title: string, options: ScenarioOptions, body: (scene: Scene) => Promise<void>): Scenario {
  return { ...options, title, body };
}

/** What a body works with. Machines that it starts end with it. */
export class Scene {
  readonly place: Workplace;
  /** Folder name for artifacts. */
  readonly slug: string;
  /** --long was given. */
  readonly long: boolean;
  private readonly shared: Machine | undefined;
  private readonly started: Machine[] = [];

  constructor(place: Workplace, slug: string, long: boolean, shared: Machine | undefined) {
    this.place = place;
    this.slug = slug;
    this.long = long;
    this.shared = shared;
  }

  /** The shared machine of `on`. */
  get machine(): Machine {
    if (this.shared === undefined) throw new RosError('no-setup', `the scenario ${this.slug} names no setup to run on`);
    return this.shared;
  }

  get machines(): readonly Machine[] {
    return this.shared === undefined ? this.started : [this.shared, ...this.started];
  }

  /** A machine of its own. It is not waited for. */
  async power(setup: Setup, folder: string = setup.name): Promise<Machine> {
    const machine = await powerOn(this.place, setup, `${this.slug}/${folder}`);
    this.started.push(machine);
    return machine;
  }

  /** A machine of its own that is up. */
  async boot(setup: Setup, folder?: string): Promise<Machine> {
    const machine = await this.power(setup, folder);
    await setup.ready(machine);
    return machine;
  }

  async end(): Promise<void> {
    for (const machine of this.started) await machine.kill();
  }
}

export async function powerOn(place: Workplace, setup: Setup, name: string): Promise<Machine> {
  return Machine.start(place, { name, ...(await setup.prepare(place, `${place.folder}/${name}`)) });
}

export function slugOf(title: string): string {
  return title.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '').slice(0, 60);
}
