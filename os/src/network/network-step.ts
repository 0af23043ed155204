// One step of a plan, and what is left to know of it afterwards.

export interface Step {
  /** A program with its arguments. */
  readonly argv: readonly string[];
  /** `user`: it may print and take its time. `attempt`: it may find nothing to do, and fail. */
  readonly kind: 'command' | 'user' | 'attempt';
}

export function command(argv: readonly string[]): Step {
  return { argv, kind: 'command' };
}

export function attempt(argv: readonly string[]): Step {
  return { argv, kind: 'attempt' };
}

/** What of a link is our doing. */
export interface AppliedLink {
  readonly dhcp: boolean;
  readonly addresses: readonly string[];
  readonly gateways: readonly string[];
  readonly master?: string;
  /** That it had before ours. */
  readonly mtu?: number;
}

/** What an earlier plan of this boot did. */
export interface Applied {
  /** Links that were made, each with the commands that made it. */
  readonly made: Readonly<Record<string, string>>;
  readonly links: Readonly<Record<string, AppliedLink & { readonly index: number }>>;
}

export const NOTHING_APPLIED: Applied = { made: {}, links: {} };
