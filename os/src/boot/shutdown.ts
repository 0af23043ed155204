// The way down: user containers, then the system services against their start order, System Docker, every other
// process, the file systems. Each step has a deadline: a machine that was told to go down goes down.

import { explain } from '@drover/core';
import type { DockerClient } from '@drover/docker-api';
import type { SystemHost } from '@drover/host';
import { NETWORK_TYPES, readMountTable } from '../storage/mount-table.ts';
import type { BootLog } from './boot-log.ts';
import type { Phase, Task } from './phases.ts';
import type { Supervisor } from './supervisor.ts';

/** Stopped last, in this order; what is not named goes with the first group. */
const LAST_TO_STOP: readonly (readonly string[])[] = [['ntp'], ['console'], ['network'], ['syslog', 'udev']];

const SERVICE_GRACE_S = 5;
const DAEMON_GRACE_MS = 3000;
const TERM_GRACE_MS = 2000;
const SERVER_GRACE_MS = 5000;
/** A disk may be slow; a server that is gone must not keep the machine up. */
const SYNC_LIMIT_MS = 60_000;

/** Groups of names, in the order in which they are stopped. */
export function planStopOrder(running: readonly string[]): string[][] {
  const named = LAST_TO_STOP.flat();
  const groups = [running.filter((name) => !named.includes(name)), ...LAST_TO_STOP.map((group) => group.filter((name) => running.includes(name)))];
  return groups.filter((group) => group.length > 0);
}

export class Shutdown {
  private readonly host: SystemHost;
  private readonly log: BootLog;
  private readonly client: DockerClient;
  private readonly systemDocker: Supervisor;
  private readonly userGraceS: number;

  constructor(host: SystemHost, log: BootLog, client: DockerClient, systemDocker: Supervisor, userGraceS: number) {
    this.host = host;
    this.log = log;
    this.client = client;
    this.systemDocker = systemDocker;
    this.userGraceS = userGraceS;
  }

  phases(): readonly Phase[] {
    const phase = (name: string, run: Task['run']): Phase => ({ name, tasks: [{ name, onFailure: 'warn', run }] });
    return [
      // dockerd stops the user's containers itself when it is told to end, each with its own grace period.
      phase('user containers', () => this.stopService('docker', this.userGraceS)),
      phase('system services', () => this.stopServices()),
      phase('System Docker', () => this.systemDocker.stop(DAEMON_GRACE_MS)),
      phase('processes', () => this.endProcesses()),
      phase('file systems', () => this.unmountAll()),
    ];
  }

  private async stopService(name: string, graceS: number): Promise<void> {
    await this.client.stopContainer(name, { graceSeconds: graceS, timeoutMs: (graceS + 10) * 1000 });
  }

  private async stopServices(): Promise<string> {
    const running = (await this.client.listContainers()).map((one) => one.Names[0]!.replace(/^\//, ''));
    for (const group of planStopOrder(running)) {
      if (group.includes('network')) await this.unmountServers();
      await Promise.all(group.map((name) => this.stopService(name, SERVICE_GRACE_S).catch((error: unknown) => this.log.warning(`stopping ${name}: ${explain(error)}`))));
    }
    return running.join(' ');
  }

  /**
   * File systems of other machines, while the network is there. In a child that may hang, as may every call about a
   * server that is gone; detached, nothing afterwards touches them.
   */
  private async unmountServers(): Promise<void> {
    for (const { mountPoint, type } of readMountTable(this.host.files).toReversed()) {
      if (!NETWORK_TYPES.includes(type)) continue;
      const problem = await this.runWithin(SERVER_GRACE_MS, ['/usr/bin/umount', '-f', '-l', mountPoint]);
      if (problem !== undefined) this.log.warning(`${mountPoint}, of another machine: ${problem}`);
    }
  }

  /** Resolves to what went wrong. A child that cannot even be killed is left behind. */
  private async runWithin(limitMs: number, command: readonly string[]): Promise<string | undefined> {
    const { processes, clock } = this.host;
    const ended = processes.run(command, { timeoutMs: limitMs }).then(({ code, stderr }) => (code === 0 ? undefined : stderr.trim() || `ended with ${code}`), explain);
    return Promise.race([ended, clock.sleep(limitMs + 500).then(() => `${command.join(' ')}: no answer in ${limitMs / 1000} s`)]);
  }

  private async endProcesses(): Promise<void> {
    const { processes, clock } = this.host;
    for (const [signal, graceMs] of [['TERM', TERM_GRACE_MS], ['KILL', 1000]] as const) {
      if (this.others().length === 0) return;
      processes.kill(-1, signal);
      const deadline = clock.monotonic() + graceMs;
      while (this.others().length > 0 && clock.monotonic() < deadline) await clock.sleep(20);
    }
  }

  /** Processes that are not PID 1 and not threads of the kernel (those have no command line). */
  private others(): number[] {
    const { files } = this.host;
    return files.list('/proc').filter((name) => /^\d+$/.test(name) && name !== '1').map(Number).filter((pid) => {
      try {
        return files.readBytes(`/proc/${pid}/cmdline`, 1).length > 0;
      } catch {
        return false; // it ended while we looked
      }
    });
  }

  /** The last mounted first. What can't be unmounted becomes read-only, which leaves it just as clean. */
  private async unmountAll(): Promise<string> {
    const { files, mounts } = this.host;
    const kept = [await this.sync()].filter((problem) => problem !== undefined);
    for (const { source, mountPoint: target, type } of readMountTable(files).toReversed()) {
      if (target === '/' || ['proc', 'sysfs', 'devtmpfs', 'cgroup2', 'squashfs', 'iso9660', ...NETWORK_TYPES].includes(type)) continue;
      try {
        mounts.unmount(target);
      } catch {
        try {
          if (source.startsWith('/dev/')) mounts.mount({ source, target, type: '', flags: ['remount', 'ro'] });
        } catch (error) {
          kept.push(`${target} (${explain(error)})`);
        }
      }
    }
    await this.sync();
    return kept.length === 0 ? '' : `not settled: ${kept.join(', ')}`;
  }

  /** In a child: sync(2) waits for every file system, also for one whose server is gone. */
  private sync(): Promise<string | undefined> {
    return this.runWithin(SYNC_LIMIT_MS, ['/usr/bin/sync']);
  }
}
