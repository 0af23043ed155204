// The machines that scenarios share.

import type { Setup } from '../harness/scenario.ts';
import { drover } from '../product/drover-setup.ts';

/** A port inside that `standard` leads to. */
export const WEB_PORT = 8080;

/** Kernel and initrd, 512 MB, a blank state disk, one network card. */
export const standard: Setup = drover({ name: 'standard', network: { ports: [WEB_PORT] } });
