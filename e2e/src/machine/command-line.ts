// The QEMU command line, as a pure function of the machine. Paths to sockets and ports are decided by the caller.

import type { Disk, MachineOptions, Nic, UserNic } from './types.ts';

export interface Wiring {
  readonly accelerator: readonly string[];
  /** Unix sockets. Undefined serial: the terminal itself. */
  readonly qmp: string;
  readonly serial: string | undefined;
  /** Firmware code and a private copy of its variables, for UEFI. */
  readonly uefi?: { readonly code: string; readonly variables: string };
  /** A qcow2 file that only holds snapshots. */
  readonly snapshots?: string;
  /** Ports here by NIC, as in Nic.forward but all known. */
  readonly forwards: readonly Readonly<Record<number, number>>[];
}

export const QEMU = 'qemu-system-x86_64';
const DEFAULT_MEMORY_MB = 512;

export function qemuArguments(options: MachineOptions, wiring: Wiring): string[] {
  return [
    '-name', options.name,
    '-nodefaults', '-no-user-config', '-machine', 'pc',
    ...wiring.accelerator,
    '-m', String(options.memoryMb ?? DEFAULT_MEMORY_MB),
    '-rtc', 'base=utc',
    '-vga', 'std',
    '-display', 'none',
    '-device', 'virtio-rng-pci',
    '-qmp', `unix:${wiring.qmp},server=on,wait=off`,
    ...(options.firmwareNames === undefined ? [] : ['-smbios', Object.entries(options.firmwareNames).reduce((words, [name, value]) => `${words},${name}=${value}`, 'type=1')]),
    ...serialArguments(wiring),
    ...bootArguments(options, wiring),
    ...(options.disks ?? []).flatMap((disk, i) => diskArguments(disk, i)),
    ...(wiring.snapshots === undefined ? [] : ['-drive', `if=none,id=snapshots,format=qcow2,file=${wiring.snapshots}`]),
    ...(options.nics ?? []).flatMap((nic, i) => nicArguments(nic, i, wiring.forwards[i] ?? {})),
    ...(options.nics?.length === 0 ? ['-nic', 'none'] : []),
  ];
}

/** A machine of the harness starts paused, so that nothing of its output is lost before someone listens. */
function serialArguments(wiring: Wiring): string[] {
  if (wiring.serial === undefined) return ['-serial', 'mon:stdio'];
  return ['-chardev', `socket,id=serial,path=${wiring.serial},server=on,wait=off`, '-serial', 'chardev:serial', '-S'];
}

function bootArguments({ boot }: MachineOptions, wiring: Wiring): string[] {
  const firmware = wiring.uefi === undefined ? [] : [
    '-drive', `if=pflash,format=raw,unit=0,readonly=on,file=${wiring.uefi.code}`,
    '-drive', `if=pflash,format=raw,unit=1,file=${wiring.uefi.variables}`,
  ];
  if (boot.mode === 'disk') return firmware;
  if (boot.mode === 'cd') return [...firmware, '-drive', `if=none,id=cd,media=cdrom,readonly=on,format=raw,file=${boot.image}`, '-device', 'ide-cd,drive=cd,bootindex=0'];
  return ['-kernel', boot.kernel, ...(boot.initrd === undefined ? [] : ['-initrd', boot.initrd]), '-append', boot.words.join(' ')];
}

function diskArguments(disk: Disk, index: number): string[] {
  const options = [
    'if=none', `id=disk${index}`, `format=${disk.format}`, `file=${disk.file}`,
    ...(disk.readOnly === true ? ['readonly=on'] : ['discard=unmap']),
    ...(disk.discard === true ? ['snapshot=on'] : []),
  ];
  return ['-drive', options.join(','), '-device', `virtio-blk-pci,drive=disk${index},serial=${disk.serial}`];
}

/** Without one a bond of the kind 802.3ad takes a card for one that cannot be its member. */
const SPEED = 'speed=1000,duplex=full';

function nicArguments(nic: Nic, index: number, forward: Readonly<Record<number, number>>): string[] {
  return ['-netdev', nic.kind === 'user' ? userNetwork(nic, index, forward) : `hubport,id=net${index},hubid=${nic.segment}`, '-device', `virtio-net-pci,netdev=net${index},id=nic${index},${SPEED}`];
}

/** QEMU starts the metadata command for each connection of the guest to that address, which has to be of the network itself. */
const METADATA_NETWORK = 'net=169.254.169.0/24,host=169.254.169.1,dns=169.254.169.3,dhcpstart=169.254.169.15';

function userNetwork({ subnet, hostName, metadataCommand, commands = {} }: UserNic, index: number, forward: Readonly<Record<number, number>>): string {
  return [
    'user', `id=net${index}`,
    ...(subnet === undefined ? [] : [`net=${subnet}`]),
    ...(hostName === undefined ? [] : [`hostname=${hostName}`]),
    ...Object.entries(forward).map(([guest, here]) => `hostfwd=tcp:127.0.0.1:${here}-:${guest}`),
    ...(metadataCommand === undefined ? [] : [METADATA_NETWORK, `guestfwd=tcp:169.254.169.254:80-cmd:${metadataCommand}`]),
    ...Object.entries(commands).map(([address, command]) => `guestfwd=tcp:${address}-cmd:${command}`),
  ].join(',');
}
