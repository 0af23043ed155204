// drover.iso: boots by BIOS and by UEFI, from a CD or written to a USB stick, with GRUB. Mountable as label DROVER.

import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Product } from '../cache.ts';
import { produce } from '../cache.ts';
import type { Kernel } from '../kernel/build-kernel.ts';
import { ALWAYS, QUIET, STATE } from '../kernel-words.ts';
import type { Toolchain } from '../toolchain/toolchain.ts';
import type { Workspace } from '../workspace.ts';

export const ISO_LABEL = 'DROVER';

const ISO = [...ALWAYS, 'panic=10'];
const AUTOLOGIN = ['rancher.autologin=tty1', 'rancher.autologin=ttyS0'];

/** Title -> words, in the menu's order; the first is what a plain ISO boots with. */
const ENTRIES: Readonly<Record<string, readonly string[]>> = {
  'Drover': [...ISO, ...QUIET, ...STATE, ...AUTOLOGIN],
  'Drover, everything in memory': [...ISO, ...QUIET, ...AUTOLOGIN, 'rancher.state.dev='],
  'Drover, with messages for debugging': [...ISO, ...STATE, ...AUTOLOGIN, 'rancher.debug=true'],
  'Drover, rescue shell': [...ISO, ...QUIET, ...STATE, ...AUTOLOGIN, 'rancher.recovery=true'],
};

/** What finds the ISO and reads from it. */
const FINDING = ['iso9660', 'part_msdos', 'part_gpt', 'search_label'];
/** What grub.cfg uses. */
const MENU = ['normal', 'linux', 'serial', 'terminal', 'echo', 'test', 'configfile', 'minicmd', 'reboot', 'halt'];
const BIOS_MODULES = [...FINDING, 'biosdisk', ...MENU];
/**
 * An EFI program can't be compressed, as the BIOS one is: so it has what finds the ISO and unpacks gzip, and reads the
 * rest from there. 0.3 MB less to download.
 */
const EFI_MODULES = [...FINDING, 'gzio'];
const EFI_LATER = [...MENU, 'efi_gop'];
const EFI_FOLDER = '/usr/lib/grub/x86_64-efi';

export function renderGrubConfig(): string {
  const entry = (title: string, words: readonly string[]): string =>
    [`menuentry '${title}' {`, `  linux /boot/vmlinuz ${words.join(' ')}`, '  initrd /boot/initrd', '}'].join('\n');
  return [
    'set timeout=2',
    'set default=0',
    ...MENU.map((name) => `insmod ${name}`), // of those that are there already, nothing
    'if [ "$grub_platform" = efi ]; then insmod efi_gop; fi',
    'if serial --unit=0 --speed=115200; then',
    '  terminal_input console serial',
    '  terminal_output console serial',
    'fi',
    ...Object.entries(ENTRIES).map(([title, words]) => entry(title, words)),
    '',
  ].join('\n');
}

export async function buildIso(workspace: Workspace, toolchain: Toolchain, kernel: Kernel, initrd: Product, rootfs: Product): Promise<Product> {
  const grub = await buildGrub(workspace, toolchain);
  return produce(workspace, 'iso', { text: ['v6', renderGrubConfig()], products: [toolchain.product, kernel.product, initrd, rootfs, grub] }, async (into) => {
    const tree = join(into, 'tree/boot/grub');
    mkdirSync(tree, { recursive: true });
    writeFileSync(join(tree, 'grub.cfg'), renderGrubConfig());
    copyFileSync(join(grub.path, 'eltorito.img'), join(tree, 'eltorito.img'));
    cpSync(join(grub.path, 'x86_64-efi'), join(tree, 'x86_64-efi'), { recursive: true });
    await toolchain.run(
      [
        'xorriso', '-as', 'mkisofs', '-quiet', '-o', '/mnt/out/drover.iso', '-V', ISO_LABEL, '-R', '-no-pad', '-graft-points', '--set_all_file_dates', `=${toolchain.epoch}`,
        '-b', 'boot/grub/eltorito.img', '-no-emul-boot', '-boot-load-size', '4', '-boot-info-table', '--grub2-boot-info',
        '--grub2-mbr', '/usr/lib/grub/i386-pc/boot_hybrid.img', '-partition_offset', '16', '--mbr-force-bootable',
        '-append_partition', '2', '0xef', '/mnt/grub/efi.img', '-appended_part_as_gpt',
        '-eltorito-alt-boot', '-e', '--interval:appended_partition_2:all::', '-no-emul-boot',
        '/=/mnt/out/tree', '/boot/vmlinuz=/mnt/kernel/vmlinuz', '/boot/initrd=/mnt/initrd/initrd', '/boot/rootfs.squashfs=/mnt/rootfs/rootfs.squashfs',
      ],
      { out: into, kernel: kernel.product.path, initrd: initrd.path, rootfs: rootfs.path, grub: grub.path },
    );
  });
}

/** GRUB for both firmwares, with just the modules that the menu needs, and the FAT image that UEFI starts from. */
async function buildGrub(workspace: Workspace, toolchain: Toolchain): Promise<Product> {
  const start = `search.fs_label ${ISO_LABEL} root\nset prefix=($root)/boot/grub\ninsmod normal\nnormal ($root)/boot/grub/grub.cfg\n`;
  return produce(workspace, 'grub', { text: ['v3', start, BIOS_MODULES, EFI_MODULES, EFI_LATER], products: [toolchain.product] }, async (into) => {
    writeFileSync(join(into, 'start.cfg'), start);
    const needs = readModuleNeeds(join(toolchain.product.path, EFI_FOLDER, 'moddep.lst'));
    const first = closure(needs, EFI_MODULES);
    const later = closure(needs, EFI_LATER).filter((name) => !first.includes(name));
    const script = [
      'mkdir x86_64-efi',
      ...later.map((name) => `gzip -9nc ${EFI_FOLDER}/${name}.mod > x86_64-efi/${name}.mod`),
      `grub-mkimage -O i386-pc-eltorito -o eltorito.img -p /boot/grub -c start.cfg ${BIOS_MODULES.join(' ')}`,
      `grub-mkimage -O x86_64-efi -o bootx64.efi -p /boot/grub -c start.cfg ${EFI_MODULES.join(' ')}`,
      'size=$(( ($(stat -c %s bootx64.efi) / 1024 + 64) ))',
      'dd if=/dev/zero of=efi.img bs=1024 count=$size 2>/dev/null',
      'mformat -i efi.img -N 44524f56 -v EFI ::',
      `touch -d @${toolchain.epoch} bootx64.efi`,
      'mmd -i efi.img ::EFI ::EFI/BOOT',
      'mcopy -m -i efi.img bootx64.efi ::EFI/BOOT/BOOTX64.EFI',
    ];
    await toolchain.run(['sh', '-ec', script.join('\n')], { out: into }, { cwd: '/mnt/out' });
  });
}

/** Module -> what it needs itself. */
function readModuleNeeds(path: string): Map<string, readonly string[]> {
  const lines = readFileSync(path, 'utf8').split('\n').filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).split(' ').filter((name) => name !== '')]));
}

/** These modules and all that they need, sorted. */
function closure(needs: ReadonlyMap<string, readonly string[]>, names: readonly string[]): string[] {
  const found = new Set(names);
  for (const name of found) for (const needed of needs.get(name) ?? []) found.add(needed); // what is added is visited, too
  return [...found].sort();
}
