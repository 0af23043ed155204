// The second stage: PID 1 of the running system. Brings the machine up, then does four things for as long as it runs:
// reaps orphans, keeps System Docker running, takes power requests, and shuts the machine down in order.

import { DockerClient } from '@drover/docker-api';
import type { Configuration } from '@drover/cloud-config';
import { compactMemory } from '@drover/host-quickjs';
import type { PowerAction, SystemHost } from '@drover/host';
import { RosError, explain } from '@drover/core';
import { CONSOLE_DONE, SYSTEM_DOCKER_SOCKET, USER_DOCKER_SOCKET } from '../names.ts';
import { VERSION } from '../version.ts';
import { BootLog, openSystemLog } from './boot-log.ts';
import type { BootFacts } from './initrd-stage.ts';
import { loadSystemConfiguration } from './configuration.ts';
import { describeExit, Supervisor } from './supervisor.ts';
import { isMirrorAddress } from '../engine/registry/registry-address.ts';
import { renderSystemDockerCommand, renderSystemDockerEnvironment } from './system-docker-command.ts';
import { loadModules, prepareCgroups, raiseLoopback, setKernelSettings, setSysctls, startModuleLoading } from './machine-settings.ts';
import { applyMounts, SYSTEM_MOUNTS } from './mount-table.ts';
import type { Phase, Runner } from './phases.ts';
import { runPhases } from './phases.ts';
import { findPowerButtons, listenForPower, watchPowerButton } from './power.ts';
import { openRescueShell, RECOVERY } from './rescue.ts';
import { readRunningConfiguration } from './running-configuration.ts';

const SYSTEM_DOCKER_LOG = '/var/log/system-docker.log';
/** At each start of the daemon, the longer file of the one before becomes the old one. */
const LOG_LIMIT_BYTES = 5 << 20;
const READY_TIMEOUT_MS = 60_000;
const BOOTCMD_LIMIT_MS = 120_000;
const CONFIRM_LIMIT_MS = 900_000;
const CONFIRM_PAUSE_MS = 3000;
const ENVIRONMENT = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root'];

const GOING: Readonly<Record<PowerAction, string>> = { reboot: 'rebooting', halt: 'halting', poweroff: 'powering off' };

export async function runSystemStage(host: SystemHost, afterCrash: boolean): Promise<number> {
  const debug = / rancher\.debug(=true)?( |$)/.test(host.files.readText('/proc/cmdline').trimEnd());
  const stage = new SystemStage(host, new BootLog(openSystemLog(host, debug)));
  await stage.run(afterCrash);
  return new Promise(() => undefined); // PID 1 never ends
}

class SystemStage {
  private readonly host: SystemHost;
  private readonly log: BootLog;
  private readonly runner: Runner;
  private readonly systemDocker: Supervisor;
  private readonly client: DockerClient;
  private configuration: Configuration | undefined;
  private keepConfiguration: (() => void) | undefined;
  private shuttingDown = false;

  constructor(host: SystemHost, log: BootLog) {
    this.host = host;
    this.log = log;
    this.client = new DockerClient(host, SYSTEM_DOCKER_SOCKET);
    this.runner = { log, uptimeMs: () => host.kernel.uptimeMs(), rescue: (failure) => openRescueShell(host, failure, { path: '/' }) };
    this.systemDocker = new Supervisor(host.clock, log, { name: 'System Docker', start: () => this.startSystemDocker() });
  }

  async run(afterCrash: boolean): Promise<void> {
    this.host.children.onOrphan(() => undefined); // reaping them is all they need
    listenForPower(this.host, (action) => void this.shutDown(action));
    if (afterCrash) this.log.error('PID 1 crashed and was started again; the services went on');
    await runPhases(this.runner, this.phases());
    this.watchButtons();
    compactMemory();
    if (this.keepConfiguration !== undefined) await this.confirmConfiguration(this.keepConfiguration);
  }

  /** A configuration that is new is kept as one that works when people can log in and User Docker answers. */
  private async confirmConfiguration(keep: () => void): Promise<void> {
    const { files, clock } = this.host;
    const deadline = clock.monotonic() + CONFIRM_LIMIT_MS;
    while (clock.monotonic() < deadline && !this.shuttingDown) {
      if (files.exists(CONSOLE_DONE) && (await this.userDockerAnswers())) {
        try {
          return keep();
        } catch (error) {
          return this.log.warning(`the configuration works, but could not be kept: ${explain(error)}`);
        }
      }
      await clock.sleep(CONFIRM_PAUSE_MS);
    }
  }

  /** A machine without User Docker is up without it. */
  private async userDockerAnswers(): Promise<boolean> {
    try {
      if ((await this.client.inspectContainer('docker')) === undefined) return true;
      await new DockerClient(this.host, USER_DOCKER_SOCKET).ping({ timeoutMs: 5000 });
      return true;
    } catch {
      return false; // not yet
    }
  }

  private phases(): readonly Phase[] {
    return [
      { name: 'mounts', tasks: [{ name: 'system mounts', onFailure: 'rescue', run: () => applyMounts(this.host, SYSTEM_MOUNTS) }] },
      {
        name: 'machine',
        tasks: [
          { name: 'control groups', onFailure: 'rescue', run: () => prepareCgroups(this.host) },
          { name: 'kernel settings', onFailure: 'warn', run: () => setKernelSettings(this.host) },
          { name: 'loopback', onFailure: 'warn', run: () => raiseLoopback(this.host) },
          { name: 'modules for devices', onFailure: 'warn', run: () => startModuleLoading(this.host, this.log) },
          { name: 'configuration', onFailure: 'warn', run: () => this.configure() },
        ],
      },
      {
        name: 'System Docker',
        tasks: [
          { name: 'System Docker', onFailure: 'rescue', hint: `look at ${SYSTEM_DOCKER_LOG}`, run: () => this.bringUpSystemDocker() },
          { name: 'modules, sysctls, bootcmd', onFailure: 'warn', run: () => this.applySettings() },
          { name: 'size of the state partition', onFailure: 'warn', run: () => this.growState() },
        ],
      },
      { name: 'services', tasks: [{ name: 'system services', onFailure: 'rescue', hint: 'look at system-docker ps -a and system-docker logs NAME', run: () => this.startServices() }] },
    ];
  }

  private async configure(): Promise<void> {
    const { config, keep } = await loadSystemConfiguration(this.host, this.log);
    this.configuration = config;
    this.keepConfiguration = keep;
    if (this.configuration.rancher.recovery) await openRescueShell(this.host, RECOVERY, { path: '/' });
  }

  /** Modules first: they bring settings of their own. */
  private async applySettings(): Promise<void> {
    if (this.configuration === undefined) return; // said already
    const { bootcmd, rancher: { modules, sysctl } } = this.configuration;
    const failed = [...(await loadModules(this.host, modules)), ...setSysctls(this.host, sysctl)];
    if (bootcmd.length > 0) await this.runBootCommands(bootcmd);
    if (failed.length > 0) throw new RosError('settings', failed.join(', '), { hint: 'is the name right? A setting may need its module: rancher.modules' });
  }

  private async runBootCommands(commands: Configuration['bootcmd']): Promise<void> {
    const { runCommands } = await import('../console/run-commands.ts');
    const ended = runCommands(this.host, commands).then(() => true, (error: unknown) => this.log.error(`bootcmd: ${explain(error)}`));
    if ((await Promise.race([ended, this.host.clock.sleep(BOOTCMD_LIMIT_MS).then(() => false)])) === false) {
      this.log.error(`bootcmd: still running after ${BOOTCMD_LIMIT_MS / 1000} s; the boot goes on`);
    }
  }

  /** `rancher.resize_device`, beside the rest of the boot: a large disk takes its time, and nothing waits for the space. */
  private growState(): void {
    const disk = this.configuration?.rancher.resize_device ?? '';
    if (disk === '') return;
    const { stateDevice } = JSON.parse(this.host.files.readTextIfPresent('/run/ros/boot.json') ?? '{}') as Partial<BootFacts>;
    import('../storage/grow-disk.ts')
      .then(({ growDisk }) => growDisk(this.host, disk, stateDevice))
      .then((done) => done !== undefined && this.log.info(done))
      .catch((error: unknown) => this.log.error(explain(error)));
  }

  private startSystemDocker(): ReturnType<SystemHost['children']['start']> {
    const { children } = this.host;
    const mirror = this.configuration?.rancher.system_docker.registry_mirror ?? '';
    if (mirror !== '' && !isMirrorAddress(mirror)) this.log.error(`rancher.system_docker.registry_mirror: ${mirror} is no address of a mirror, and left out; write it as https://HOST[:PORT]`);
    const log = this.openSystemDockerLog();
    try {
      return children.start({
        argv: renderSystemDockerCommand(this.configuration?.rancher.system_docker),
        env: [...ENVIRONMENT, ...renderSystemDockerEnvironment(this.configuration?.rancher)],
        descriptors: [[1, log], [2, log]],
        newSession: true,
      });
    } finally {
      children.closeDescriptor(log);
    }
  }

  /** Where the file can't be written, the kernel's log takes the lines: a machine without its services can't be repaired. */
  private openSystemDockerLog(): number {
    const { children, files } = this.host;
    try {
      if ((files.stat(SYSTEM_DOCKER_LOG)?.sizeBytes ?? 0) > LOG_LIMIT_BYTES) files.rename(SYSTEM_DOCKER_LOG, `${SYSTEM_DOCKER_LOG}.1`);
      return children.openDescriptor(SYSTEM_DOCKER_LOG, 'append');
    } catch (error) {
      this.log.warning(`${SYSTEM_DOCKER_LOG}: ${explain(error)}; its lines go to the kernel's log`);
      return children.openDescriptor('/dev/kmsg', 'write');
    }
  }

  private async bringUpSystemDocker(): Promise<void> {
    const { clock } = this.host;
    if (this.systemDocker.pid === undefined) void this.systemDocker.run();
    const deadline = clock.monotonic() + READY_TIMEOUT_MS;
    for (;;) {
      try {
        await this.client.ping({ timeoutMs: 5000 });
        return;
      } catch (error) {
        if (clock.monotonic() > deadline) throw new RosError('system-docker-silent', 'System Docker does not answer', { cause: error });
        await clock.sleep(20);
      }
    }
  }

  /** In a process of its own: what it needs to start a dozen containers is not needed afterwards. */
  private async startServices(): Promise<void> {
    const child = this.host.children.start({ argv: ['/usr/bin/ros', 'sysinit'], env: ENVIRONMENT, descriptors: [[1, 1], [2, 2]] });
    const exit = await child.wait();
    if (exit.code === 0) this.log.info(`Drover ${VERSION} started`);
    else if (await this.consoleRuns()) this.log.error(`not every system service could be started (${describeExit(exit)}); look at system-docker ps -a and system-docker logs NAME`);
    else throw new RosError('no-console', 'the console, where people log in, could not be started');
  }

  /** Without it nobody gets in: the one service that the machine is not up without. */
  private async consoleRuns(): Promise<boolean> {
    try {
      return (await this.client.inspectContainer('console'))?.State.Running ?? false;
    } catch {
      return false;
    }
  }

  private watchButtons(): void {
    for (const device of findPowerButtons(this.host)) {
      watchPowerButton(this.host, device, () => void this.shutDown('poweroff')).catch((error: unknown) => this.log.warning(`power button ${device}: ${explain(error)}`));
    }
  }

  /** `ros config apply` may have changed it since. */
  private readShutdownTimeout(): number {
    try {
      return readRunningConfiguration(this.host).rancher.shutdown_timeout;
    } catch {
      return this.configuration?.rancher.shutdown_timeout ?? 60;
    }
  }

  private async shutDown(action: PowerAction): Promise<void> {
    if (this.shuttingDown) return;
    this.shuttingDown = true;
    this.log.info(`${GOING[action]}: stopping containers and services`);
    const { Shutdown } = await import('./shutdown.ts');
    const shutdown = new Shutdown(this.host, this.log, this.client, this.systemDocker, this.readShutdownTimeout());
    await runPhases({ ...this.runner, rescue: () => Promise.resolve('continue') }, shutdown.phases());
    this.log.info(GOING[action]);
    this.host.kernel.power(action);
  }
}
