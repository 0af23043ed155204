// UEFI firmware for QEMU, from Debian's package ovmf.

import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { RosError } from '@drover/core';

const FOLDER = '/usr/share/OVMF';
/** Debian 13 has only the first pair. */
const PAIRS = [
  ['OVMF_CODE_4M.fd', 'OVMF_VARS_4M.fd'],
  ['OVMF_CODE.fd', 'OVMF_VARS.fd'],
] as const;

/** Code to share, and a fresh copy of the variables for one machine. */
export function prepareUefi(variables: string): { readonly code: string; readonly variables: string } {
  const pair = PAIRS.find((names) => names.every((name) => existsSync(join(FOLDER, name))));
  if (pair === undefined) throw new RosError('no-firmware', `no UEFI firmware in ${FOLDER}`, { hint: 'install the package ovmf' });
  copyFileSync(join(FOLDER, pair[1]), variables);
  return { code: join(FOLDER, pair[0]), variables };
}
