// What a virtual machine is made of, as data.

export type Firmware = 'bios' | 'uefi';

export type Boot =
  | { readonly mode: 'kernel'; readonly kernel: string; readonly initrd?: string; readonly words: readonly string[] }
  | { readonly mode: 'cd'; readonly image: string; readonly firmware: Firmware }
  | { readonly mode: 'disk'; readonly firmware: Firmware };

export interface Disk {
  /** Seen in the guest as /dev/disk/by-id/virtio-<serial>; the order of the disks is vda, vdb, vdc... */
  readonly serial: string;
  readonly file: string;
  readonly format: 'raw' | 'qcow2';
  readonly readOnly?: boolean;
  /** Writes are dropped when the machine ends. */
  readonly discard?: boolean;
}

export type Nic = UserNic | SegmentNic;

/** QEMU's own network with a DHCP server, and ports of this machine led into the guest. */
export interface UserNic {
  readonly kind: 'user';
  /** Guest port -> port here; 0 takes a free one. */
  readonly forward: Readonly<Record<number, number>>;
  /** Started here for each connection to port 80 of 169.254.169.254, where clouds have their metadata; the network is 169.254.169.0/24 then. */
  readonly metadataCommand?: string;
  /** Address of the network and port -> what is started here for each connection to it, with the connection as input and output. */
  readonly commands?: Readonly<Record<string, string>>;
  /** Default 10.0.2.0/24. The guest gets .15, the gateway is .2. */
  readonly subnet?: string;
  /** That the DHCP server gives. */
  readonly hostName?: string;
}

/** All cards of one segment are on one cable; nobody else is. At least two: what a lonely one sends is never taken. */
export interface SegmentNic {
  readonly kind: 'segment';
  readonly segment: number;
}

export interface MachineOptions {
  /** Names the folder of artifacts below .cache/run. */
  readonly name: string;
  readonly boot: Boot;
  /** Default 512. */
  readonly memoryMb?: number;
  readonly disks?: readonly Disk[];
  /** Default: one user NIC with port 22 led in. */
  readonly nics?: readonly Nic[];
  /** What the firmware says that the machine is: fields of SMBIOS type 1 (manufacturer, product). */
  readonly firmwareNames?: Readonly<Record<string, string>>;
  /** Who logs in over ssh. */
  readonly user?: string;
}
