// The product as a setup for scenarios: kernel and initrd, ISO by BIOS or ISO by UEFI; with or without a state disk,
// a network card, a config drive.

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ALWAYS, STATE } from '@drover/builder';
import type { Setup } from '../harness/scenario.ts';
import type { Boot, Disk, Machine, MachineOptions, Nic, UserNic, Workplace } from '../machine/index.ts';
import { createBlankDisk, createConfigDrive } from '../machine/index.ts';
import type { ConfigDriveFormat } from '../machine/disk-images.ts';
import type { Product } from './product.ts';
import { locateProduct } from './product.ts';

export interface DroverOptions {
  readonly name: string;
  /** Default `kernel`. */
  readonly mode?: 'kernel' | 'iso' | 'uefi';
  readonly memoryMb?: number;
  /** `blank`: an empty disk of 4 GB, formatted at boot. `none`: everything in RAM. Or a disk made by the scenario. */
  readonly state?: 'blank' | 'none' | Disk;
  readonly network?: 'none' | NetworkOptions;
  readonly firmwareNames?: MachineOptions['firmwareNames'];
  /** Lines of cloud-config besides the ssh key. */
  readonly config?: string;
  /** The whole user data, key and all, as it stands; false: no config drive. */
  readonly userData?: false | ((publicKey: string) => string);
  readonly configFormat?: ConfigDriveFormat;
  /** More kernel words, or all of them. */
  readonly words?: readonly string[];
  readonly onlyWords?: readonly string[];
  /** More disks, after the others. */
  readonly disks?: readonly Disk[];
  /** An empty disk of this size, after the others. */
  readonly dataDisk?: string;
  /** Instead of the product's root file system; false: no such disk. */
  readonly rootfs?: string | false;
}

interface NetworkOptions {
  /** Ports inside that are forwarded besides ssh's. */
  readonly ports?: readonly number[];
  /** That the DHCP server of the first card gives. */
  readonly hostName?: string;
  /** Of a server here that answers as the cloud's http://169.254.169.254/. */
  readonly metadataPort?: number;
  readonly commands?: UserNic['commands'];
  /** After the first. */
  readonly more?: readonly Nic[];
}

/** From power-on under software emulation, with another machine beside it. */
export const BOOT_DEADLINE_MS = 240_000;
/** sshd waits for its keys, the network for a lease. */
const SSH_DEADLINE_MS = 240_000;
export const STARTED: RegExp = /Drover \S+ started/;
export const STATE_SIZE = '4G';

export function drover(options: DroverOptions): Setup {
  return {
    name: options.name,
    async prepare(place, folder) {
      mkdirSync(folder, { recursive: true });
      const product = locateProduct(place.workspace);
      return {
        boot: bootOf(product, options, place.accelerator.words),
        memoryMb: options.memoryMb ?? 512,
        disks: await makeDisks(place, product, folder, options),
        nics: options.network === 'none' ? [] : makeNics(place, options.network ?? {}),
        ...(options.firmwareNames && { firmwareNames: options.firmwareNames }),
      };
    },
    ready: (machine) => waitUp(machine, 0),
  };
}

/** The boot log's last line, then ssh when there is a network. `since`: a mark of the serial console. */
export async function waitUp(machine: Machine, since: number): Promise<void> {
  await machine.serial.waitFor(STARTED, { deadlineMs: BOOT_DEADLINE_MS, since });
  if (machine.options.nics?.length !== 0) await machine.ssh.waitReady(SSH_DEADLINE_MS);
  machine.place.boots.up += 1;
}

function bootOf(product: Product, { mode = 'kernel', words = [], onlyWords }: DroverOptions, hastening: readonly string[]): Boot {
  if (mode !== 'kernel') return { mode: 'cd', image: product.iso, firmware: mode === 'uefi' ? 'uefi' : 'bios' };
  return { mode: 'kernel', kernel: product.kernel, initrd: product.initrd, words: onlyWords ?? [...ALWAYS, ...STATE, ...hastening, ...words] };
}

function makeNics(place: Workplace, { ports = [], hostName, metadataPort, commands, more = [] }: NetworkOptions): Nic[] {
  const forward = Object.fromEntries([22, ...ports].map((port) => [port, 0]));
  const metadata = metadataPort === undefined ? {} : { metadataCommand: `${process.execPath} ${join(place.workspace.root, 'e2e/src/machine/relay.mjs')} ${metadataPort}` };
  return [{ kind: 'user', forward, ...(hostName !== undefined && { hostName }), ...(commands !== undefined && { commands }), ...metadata }, ...more];
}

/** The state disk comes first, so that it is /dev/vda, as the kernel words expect it. */
async function makeDisks(place: Workplace, product: Product, folder: string, options: DroverOptions): Promise<Disk[]> {
  const disks: Disk[] = [];
  const { state = 'blank', mode = 'kernel', rootfs = product.rootfs } = options;
  if (state === 'blank') {
    const file = join(folder, 'state.qcow2');
    rmSync(file, { force: true });
    await createBlankDisk(file, STATE_SIZE);
    disks.push({ serial: 'state', file, format: 'qcow2' });
  } else if (state !== 'none') disks.push(state);
  if (mode === 'kernel' && rootfs !== false) disks.push({ serial: 'rootfs', file: rootfs, format: 'raw', readOnly: true });
  if (options.userData === false) return [...disks, ...(options.disks ?? [])];
  const drive = join(folder, 'config-2.img');
  await createConfigDrive(drive, (options.userData ?? standardUserData(options.config))(place.publicKey), options.configFormat);
  disks.push({ serial: 'config', file: drive, format: 'raw', readOnly: true });
  disks.push(...(options.disks ?? []));
  if (options.dataDisk !== undefined) {
    const file = join(folder, 'data.qcow2');
    rmSync(file, { force: true });
    await createBlankDisk(file, options.dataDisk);
    disks.push({ serial: 'data', file, format: 'qcow2' });
  }
  return disks;
}

export function standardUserData(more = ''): (publicKey: string) => string {
  return (publicKey) => `#cloud-config\nssh_authorized_keys:\n  - ${publicKey}\n${more}`;
}
