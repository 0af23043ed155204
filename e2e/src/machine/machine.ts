// One virtual machine: started, watched, talked to (serial line, ssh, QMP) and ended. Its artifacts (serial log,
// command line, screenshot) stay in its folder below .cache/run.

import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quoteWord, RosError } from '@drover/core';
import { runCommand } from '@drover/builder';
import { eventually } from '../eventually.ts';
import { QEMU, qemuArguments } from './command-line.ts';
import { prepareUefi } from './firmware.ts';
import { findFreePort } from './free-port.ts';
import { Qmp } from './qmp.ts';
import { LAST_LINES_TITLE, SerialConsole } from './serial-console.ts';
import { Ssh } from './ssh.ts';
import type { Disk, MachineOptions, Nic } from './types.ts';
import type { Workplace } from './workplace.ts';

/** How a machine ended: by its own power-off, by a panic, by us, or by a failure of QEMU. */
export type End = 'power-off' | 'panic' | 'quit' | 'killed' | 'failed';

const SSH_PORT = 22;
const DEFAULT_NICS: readonly Nic[] = [{ kind: 'user', forward: { [SSH_PORT]: 0 } }];

export class Machine {
  readonly place: Workplace;
  readonly options: MachineOptions;
  readonly folder: string;
  readonly serial: SerialConsole;
  readonly qmp: Qmp;
  private readonly child: ChildProcess;
  private readonly forwards: readonly Readonly<Record<number, number>>[];
  private readonly ended: Promise<End>;
  private readonly client: Ssh | undefined;
  private end: End | undefined;
  private plugged = 0;

  private constructor(place: Workplace, options: MachineOptions, parts: { folder: string; serial: SerialConsole; qmp: Qmp; child: ChildProcess; forwards: Machine['forwards']; socket: string }) {
    this.place = place;
    this.options = options;
    this.folder = parts.folder;
    this.serial = parts.serial;
    this.qmp = parts.qmp;
    this.child = parts.child;
    this.forwards = parts.forwards;
    const port = this.forwards.find((one) => SSH_PORT in one)?.[SSH_PORT];
    this.client = port === undefined ? undefined : new Ssh({ port, user: options.user ?? 'rancher', keyFile: place.keyFile, controlPath: `${parts.socket}.ssh` });
    this.ended = new Promise((resolve) => {
      const finish = (code: number | null, signal: string | null): void => {
        place.running.delete(this.child.pid ?? 0);
        this.end = endOf(code, signal, this.qmp);
        this.serial.close();
        resolve(this.end);
      };
      if (this.child.exitCode !== null || this.child.signalCode !== null) finish(this.child.exitCode, this.child.signalCode);
      else this.child.once('exit', finish);
    });
  }

  /** The machine runs when this returns; it has not booted yet. */
  static async start(place: Workplace, given: MachineOptions): Promise<Machine> {
    const folder = join(place.folder, given.name);
    mkdirSync(folder, { recursive: true });
    const options = { ...given, nics: given.nics ?? DEFAULT_NICS };
    const forwards = await Promise.all(options.nics.map((nic) => choosePorts(nic)));
    const socket = join(place.sockets, process.hrtime.bigint().toString(36));
    const snapshots = join(folder, 'snapshots.qcow2');
    await runCommand(['qemu-img', 'create', '-q', '-f', 'qcow2', snapshots, '1M']);
    const firmware = options.boot.mode !== 'kernel' && options.boot.firmware === 'uefi' ? { uefi: prepareUefi(join(folder, 'uefi-variables.fd')) } : {};
    const wiring = { accelerator: place.accelerator.arguments, qmp: `${socket}.qmp`, serial: `${socket}.serial`, snapshots, forwards, ...firmware };
    const command = [QEMU, ...qemuArguments(options, wiring)];
    writeFileSync(join(folder, 'qemu.txt'), `${command.map(quoteWord).join(' ')}\n`);
    const output = join(folder, 'qemu.log');
    const log = openSync(output, 'w');
    const child = spawn(command[0]!, command.slice(1), { stdio: ['ignore', log, log] });
    const failure = new Promise<never>((_, reject) => child.once('error', (cause) => reject(new RosError('qemu-missing', `cannot start ${QEMU}`, { cause, hint: 'install qemu-system-x86' }))));
    failure.catch(() => undefined);
    if (child.pid !== undefined) place.running.add(child.pid);
    const qmp = await Promise.race([failure, connectQmp(child, wiring.qmp, output)]);
    const serial = new SerialConsole(join(folder, 'serial.log'));
    await serial.connect(wiring.serial);
    const machine = new Machine(place, options, { folder, serial, qmp, child, forwards, socket });
    await qmp.run('cont');
    return machine;
  }

  get ssh(): Ssh {
    if (this.client === undefined) throw new RosError('no-network', `the machine ${this.options.name} has no network card that leads to ssh`);
    return this.client;
  }

  /** The port of this machine that leads to `guestPort`. */
  portTo(guestPort: number): number {
    const port = this.forwards.find((one) => guestPort in one)?.[guestPort];
    if (port === undefined) throw new RosError('no-forward', `no port of this machine leads to port ${guestPort} of ${this.options.name}`);
    return port;
  }

  get hasEnded(): End | undefined {
    return this.end;
  }

  /** The ACPI power button. */
  async pressPowerButton(): Promise<void> {
    await this.qmp.run('system_powerdown');
  }

  /** The reset button: no warning to the system inside. */
  async reset(): Promise<void> {
    await this.qmp.run('system_reset');
  }

  /** QEMU's key names, pressed together: `ctrl`, `alt`, `delete`. */
  async pressKeys(...keys: readonly string[]): Promise<void> {
    await this.qmp.run('send-key', { keys: keys.map((data) => ({ type: 'qcode', data })) });
  }

  async waitEnd(deadlineMs: number): Promise<End> {
    const late = new Promise<undefined>((resolve) => void setTimeout(() => resolve(undefined), deadlineMs).unref());
    const end = await Promise.race([this.ended, late]);
    if (end === undefined) throw new RosError('timeout', `the machine still runs after ${deadlineMs / 1000} s\n${LAST_LINES_TITLE}\n${this.serial.lastLines(20)}`);
    return end;
  }

  /** Power cut: what the guest had not written is lost. */
  async kill(): Promise<void> {
    if (this.end !== undefined) return;
    if (this.client !== undefined) await this.client.disconnect();
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Saves memory and disks; all writable disks must be qcow2. */
  async saveSnapshot(tag: string): Promise<void> {
    const said = await this.qmp.monitor(`savevm ${tag}`);
    if (said !== '') throw new RosError('snapshot', `saving the snapshot ${tag} failed: ${said}`);
  }

  async restoreSnapshot(tag: string): Promise<void> {
    await this.client?.disconnect();
    const said = await this.qmp.monitor(`loadvm ${tag}`);
    if (said !== '') throw new RosError('snapshot', `restoring the snapshot ${tag} failed: ${said}`);
  }

  /** Undefined when the machine is gone. */
  async takeScreenshot(): Promise<string | undefined> {
    const file = join(this.folder, 'screen.png');
    rmSync(file, { force: true });
    if (this.end !== undefined) return undefined;
    await this.qmp.run('screendump', { filename: file, format: 'png' });
    return existsSync(file) ? file : undefined;
  }

  /** Hot plug; returns the id for `unplug`. */
  async plugDisk(disk: Disk): Promise<string> {
    const id = `plugged${(this.plugged += 1)}`;
    await this.qmp.run('blockdev-add', { 'driver': disk.format, 'node-name': `node-${id}`, 'read-only': disk.readOnly === true, 'file': { driver: 'file', filename: disk.file } });
    await this.qmp.run('device_add', { driver: 'virtio-blk-pci', id, drive: `node-${id}`, serial: disk.serial });
    return id;
  }

  async plugNic(subnet: string): Promise<string> {
    const id = `plugged${(this.plugged += 1)}`;
    await this.qmp.run('netdev_add', { type: 'user', id: `net-${id}`, net: subnet });
    await this.qmp.run('device_add', { driver: 'virtio-net-pci', id, netdev: `net-${id}` });
    return id;
  }

  /** The cable of a card, by its place among the machine's. */
  async setCable(nic: number, isIn: boolean): Promise<void> {
    await this.qmp.run('set_link', { name: `nic${nic}`, up: isIn });
  }

  async unplug(id: string): Promise<void> {
    await this.qmp.run('device_del', { id });
    await eventually(`the guest lets go of ${id}`, 60_000, () => this.qmp.events.some((one) => one.event === 'DEVICE_DELETED' && one.data?.['device'] === id));
  }
}

function endOf(code: number | null, signal: string | null, qmp: Qmp): End {
  if (signal !== null) return 'killed';
  const reason = qmp.events.findLast((one) => one.event === 'SHUTDOWN')?.data?.['reason'];
  if (code !== 0) return 'failed';
  if (reason === 'guest-panic') return 'panic';
  return reason === 'guest-shutdown' ? 'power-off' : 'quit';
}

async function choosePorts(nic: Nic): Promise<Record<number, number>> {
  const chosen: Record<number, number> = {};
  if (nic.kind !== 'user') return chosen;
  for (const [guest, here] of Object.entries(nic.forward)) chosen[Number(guest)] = here === 0 ? await findFreePort() : here;
  return chosen;
}

/** QEMU needs a moment to open its socket; when it dies instead, what it said is the error. */
function connectQmp(child: ChildProcess, path: string, output: string): Promise<Qmp> {
  return eventually('QEMU opens its control socket', 30_000, () => {
    if (child.exitCode !== null) throw new RosError('machine-ended', `QEMU did not start: ${readFileSync(output, 'utf8').trim()}`);
    return Qmp.connect(path);
  }, 50);
}
