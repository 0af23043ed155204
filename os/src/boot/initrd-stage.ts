// The first stage: PID 1 in the initrd. Finds the root file system and the state partition, builds the root of the
// running system and becomes PID 1 there (os/src/boot/system-stage.ts).

import { RosError } from '@drover/core';
import { parseKernelWords, resolveConfiguration, splitKernelLine } from '@drover/cloud-config';
import type { Configuration } from '@drover/cloud-config';
import type { SystemHost } from '@drover/host';
import { readAllText } from '@drover/host';
import { resolveDevice } from './block-devices.ts';
import type { BootLog } from './boot-log.ts';
import { BASE_LAYER, buildLayout, emptyInitramfs, ROS_FOLDER } from './layout.ts';
import { ModuleLoader, MODULES_FOLDER, MODULES_LOADING, readModuleIndex } from './modules.ts';
import { applyMounts, INITRD_MOUNTS } from './mount-table.ts';
import type { Phase } from './phases.ts';
import type { RootfsSource, Search } from './rootfs.ts';
import { expectVersion, findRootfs, mountRootfs } from './rootfs.ts';
import type { StateResult } from './state.ts';
import { findState, mountState } from './state.ts';
import { VERSION } from '../version.ts';

export const NEW_ROOT = '/newroot';
const MEDIUM = '/medium';
const ROOTFS_TIMEOUT_MS = 60_000;
const STATE_TIMEOUT_MS = 30_000;
const POLL_MS = 50;

/** What the second stage wants to know; written to /run/ros/boot.json. */
export interface BootFacts {
  readonly rootfs: string;
  /** Undefined: running in memory. */
  readonly stateDevice: string | undefined;
  readonly stateFormatted: boolean;
  /** Milliseconds of the kernel's clock. */
  readonly stageStartedMs: number;
}

export class InitrdStage {
  private readonly host: SystemHost;
  private readonly log: BootLog;
  private readonly startedMs: number;
  private configuration: Configuration | undefined;
  private loader: ModuleLoader | undefined;
  private rootfs: RootfsSource | undefined;
  private state: StateResult | undefined;

  constructor(host: SystemHost, log: BootLog) {
    this.host = host;
    this.log = log;
    this.startedMs = host.kernel.uptimeMs();
  }

  /** The root in which a rescue shell finds a real /bin/sh, with this machine's devices and ros in it. */
  openRescueRoot(): string | undefined {
    if (this.rootfs === undefined) return undefined;
    const root = `${NEW_ROOT}${BASE_LAYER}`;
    const { files, mounts } = this.host;
    if (files.exists(`${root}/proc/self`)) return root;
    for (const path of ['/dev', '/proc', '/sys', '/run']) mounts.mount({ source: path, target: root + path, type: '', flags: ['bind'] });
    mounts.mount({ source: ROS_FOLDER, target: `${root}/usr/lib/ros`, type: '', flags: ['bind'] });
    return root;
  }

  private closeRescueRoot(): void {
    const root = `${NEW_ROOT}${BASE_LAYER}`;
    if (!this.host.files.exists(`${root}/proc/self`)) return;
    for (const path of ['/dev', '/proc', '/sys', '/run', '/usr/lib/ros']) this.host.mounts.unmount(root + path, { lazy: true });
  }

  phases(): readonly Phase[] {
    return [
      { name: 'kernel modules', tasks: [{ name: 'module index', onFailure: 'rescue', run: () => this.loadModules() }] },
      { name: 'root file system', tasks: [{ name: 'rootfs.squashfs', onFailure: 'rescue', hint: 'attach the medium that Drover booted from', run: () => this.mountRootfs() }] },
      { name: 'state', tasks: [{ name: 'state partition', onFailure: 'rescue', run: () => this.openState() }] },
      { name: 'layout', tasks: [{ name: 'new root', onFailure: 'rescue', run: () => this.buildRoot() }] },
    ];
  }

  /** Before anything can be logged or asked: the mounts that everything else needs. */
  static mountEarly(host: SystemHost): void {
    applyMounts(host, INITRD_MOUNTS);
  }

  private config(): Configuration {
    this.configuration ??= resolveConfiguration(parseKernelWords(splitKernelLine(this.host.files.readText('/proc/cmdline')))).config;
    return this.configuration;
  }

  private loadModules(): string {
    const index = readModuleIndex(this.host);
    if (index.release !== this.host.kernel.release) {
      throw new RosError('kernel-mismatch', `the modules are for kernel ${index.release}, but ${this.host.kernel.release} runs`, { hint: 'boot the vmlinuz and the initrd of the same build' });
    }
    this.loader = new ModuleLoader(this.host, index, MODULES_FOLDER);
    this.host.files.makeDirectory('/run/ros', 0o700);
    for (const name of ['loop', 'squashfs', 'overlay']) this.loader.load(name);
    return this.loadForDevices();
  }

  /** What was loaded, for the log. Slow drivers start in a process of their own, so that nobody waits for them. */
  private loadForDevices(): string {
    const { loaded, slow } = this.loader!.loadForDevices((name, error) => this.log.warning(`module ${name}: ${String(error)}`));
    if (slow.length > 0) {
      this.host.files.write(MODULES_LOADING, '');
      this.host.children.start({ argv: [`${ROS_FOLDER}/ros`, 'load-modules', ...slow] });
    }
    return [...loaded, ...slow.map((name) => `(${name})`)].join(' ');
  }

  private async mountRootfs(): Promise<string> {
    const { host } = this;
    host.files.makeDirectory(NEW_ROOT);
    if (this.rootfs === undefined) {
      host.mounts.mount({ source: 'tmpfs', target: NEW_ROOT, type: 'tmpfs', flags: ['nosuid', 'nodev'], data: 'mode=755,size=90%' });
    }
    const skipped = new Set<string>();
    const search: Search = {
      mountPoint: MEDIUM,
      needFileSystem: (type) => this.loader!.load(type === 'iso9660' ? 'isofs' : type),
      onSkip: (device, why) => {
        if (!skipped.has(device.path)) this.log.warning(`${device.path}: ${why}`);
        skipped.add(device.path);
      },
    };
    const source = await this.poll(ROOTFS_TIMEOUT_MS, () => findRootfs(host, search));
    if (source === undefined) throw new RosError('rootfs-missing', 'no disk, CD or USB stick has boot/rootfs.squashfs');
    mountRootfs(host, source, NEW_ROOT);
    expectVersion(host.files, NEW_ROOT, VERSION);
    this.rootfs = source;
    return source.description;
  }

  private async openState(): Promise<string> {
    const { host } = this;
    const { state } = this.config().rancher;
    // Only a device that was promised is waited for: without one the machine should be up in memory at once.
    const waits = state.required || state.wait;
    const waitForDevice = (spec: string): Promise<string | undefined> => (waits ? this.poll(STATE_TIMEOUT_MS, () => resolveDevice(host, spec)) : Promise.resolve(undefined));
    const options = { dev: state.dev, fstype: state.fstype, autoformat: state.autoformat, required: state.required, directory: state.directory ?? '' };
    this.state = await findState(host, (argv) => this.runTool(argv), options, waitForDevice);
    if (this.state === undefined) return 'none: running in memory, nothing will last';
    mountState(host, this.state.device, options, `${NEW_ROOT}/state`);
    return [this.state.device, this.state.remark].filter((part) => part !== '').join(', ');
  }

  private buildRoot(): void {
    const { directory } = this.config().rancher.state;
    const state = this.state === undefined ? undefined : [`${NEW_ROOT}/state`, directory ?? ''].filter((part) => part !== '').join('/');
    if (state !== undefined) this.host.files.makeDirectory(state);
    buildLayout(this.host, NEW_ROOT, state);
  }

  /** Leaves the initrd and becomes `init` of the new root. Returns only by throwing. */
  enterSystem(): never {
    const { host } = this;
    this.closeRescueRoot();
    const facts: BootFacts = {
      rootfs: this.rootfs?.description ?? '',
      stateDevice: this.state?.device,
      stateFormatted: this.state?.formatted ?? false,
      stageStartedMs: this.startedMs,
    };
    host.files.write('/run/ros/boot.json', JSON.stringify(facts), { mode: 0o600 });
    if (host.files.exists(MEDIUM) && host.files.lstat(MEDIUM)!.device !== host.files.lstat('/')!.device) {
      host.files.makeDirectory(`${NEW_ROOT}/rootfs/medium`);
      host.mounts.mount({ source: MEDIUM, target: `${NEW_ROOT}/rootfs/medium`, type: '', flags: ['bind'] });
    }
    // Bound, not moved: a process that still loads modules keeps its view of them.
    for (const path of ['/dev', '/proc', '/sys', '/run']) host.mounts.mount({ source: path, target: `${NEW_ROOT}${path}`, type: '', flags: ['bind'] });
    emptyInitramfs(host, [ROS_FOLDER.slice(1), ...(host.files.exists(MODULES_LOADING) ? ['modules', 'modules.json'] : [])]);
    host.mounts.switchRoot(NEW_ROOT);
    return host.kernel.exec('/usr/bin/ros', ['init', '--stage=system'], ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', 'TERM=linux']);
  }

  private async poll<T>(timeoutMs: number, look: () => T | undefined): Promise<T | undefined> {
    const { clock } = this.host;
    const deadline = clock.monotonic() + timeoutMs;
    for (;;) {
      const found = look();
      if (found !== undefined || clock.monotonic() > deadline) return found;
      await clock.sleep(POLL_MS);
      this.loadForDevices();
    }
  }

  /** In the os-base image, with this machine's devices. */
  private async runTool(argv: readonly string[]): Promise<{ code: number; output: string }> {
    const { children, mounts } = this.host;
    const root = `${NEW_ROOT}${BASE_LAYER}`;
    for (const path of ['/dev', '/proc']) mounts.mount({ source: path, target: root + path, type: '', flags: ['bind'] });
    const { read, write } = children.pipe();
    try {
      const child = children.start({ argv, root, env: ['PATH=/usr/sbin:/usr/bin'], descriptors: [[1, write], [2, write]] });
      children.closeDescriptor(write);
      const source = children.source(read);
      const [output, exit] = await Promise.all([readAllText(source, 65536), child.wait()]);
      source.close();
      return { code: exit.code, output };
    } finally {
      for (const path of ['/dev', '/proc']) mounts.unmount(root + path, { lazy: true });
    }
  }
}
