// `ros config syslinux`: RancherOS edits the kernel words of its installed boot loader with it. Nothing is installed on a
// disk by this version, so there is nothing to edit: it says so, and shows what this boot was given.

import { RosError } from '@drover/core';
import type { ConfigContext } from './config-context.ts';

export async function run({ host, out }: ConfigContext): Promise<number> {
  out(host.files.readText('/proc/cmdline'));
  throw new RosError('no-boot-loader', 'these are the kernel words of this boot; there is no installed boot loader to change them in', {
    hint: 'ros config set KEY VALUE changes what rancher.KEY=VALUE would; for one boot, press e in the menu of GRUB',
  });
}
