// What the firmware says that the machine is (DMI, also called SMBIOS).

import type { Files } from '@drover/host';

export interface Dmi {
  readonly vendor: string;
  readonly product: string;
  readonly assetTag: string;
  readonly biosVersion: string;
}

const FOLDER = '/sys/class/dmi/id';

/** Empty where the machine has no such thing. */
export function readDmi({ files }: { readonly files: Pick<Files, 'readTextIfPresent'> }): Dmi {
  const field = (name: string): string => {
    try {
      return (files.readTextIfPresent(`${FOLDER}/${name}`) ?? '').trim();
    } catch {
      return ''; // some firmware's tables cannot be read: as good as none
    }
  };
  return { vendor: field('sys_vendor'), product: field('product_name'), assetTag: field('chassis_asset_tag'), biosVersion: field('bios_version') };
}
