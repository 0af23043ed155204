// Network links as they are: what the planner decides by.

export interface Address {
  /** ADDRESS/LENGTH, as the kernel prints it. */
  readonly text: string;
  /** Has a lifetime: somebody leased or announced it. */
  readonly isDynamic: boolean;
  /** Holds on this link alone: fe80::/10, 169.254.0.0/16. */
  readonly isLinkLocal: boolean;
}

export interface Link {
  readonly name: string;
  /** The kernel's number; another one after the link was removed and came back. */
  readonly index: number;
  /** Of the hardware, whatever a bond has given it meanwhile. */
  readonly mac: string;
  /** A device is behind it: neither a bridge nor a bond, VLAN, tunnel or loopback. */
  readonly isCard: boolean;
  readonly isUp: boolean;
  readonly mtu: number;
  /** The bond or bridge it is a member of. */
  readonly master: string | undefined;
  readonly addresses: readonly Address[];
}

/** eth2 before eth10. */
export function compareLinkNames(a: string, b: string): number {
  const pad = (name: string): string => name.replace(/\d+/g, (digits) => digits.padStart(8, '0'));
  return pad(a) < pad(b) ? -1 : Number(pad(a) > pad(b));
}
