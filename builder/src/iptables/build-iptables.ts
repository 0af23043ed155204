// iptables as one static program with all of its extensions inside. dockerd calls it about a hundred times at each
// start, and most of what a call of Debian's own costs is the linking of five libraries (docs/decisions/iptables.md).

import { basename, dirname } from 'node:path';
import type { Product } from '../cache.ts';
import { produce } from '../cache.ts';
import type { Lock } from '../debian/lock.ts';
import { archivePath, lockedSource } from '../debian/archives.ts';
import type { Toolchain } from '../toolchain/toolchain.ts';
import type { Workspace } from '../workspace.ts';

/** The program for all names: iptables, ip6tables, their -save and -restore. */
export const IPTABLES = 'xtables-nft-multi';

const COMPILE = '-Os -ffunction-sections -fdata-sections -fno-pie';
const LINK = '-all-static -no-pie -Wl,--gc-sections -Wl,--build-id=none';

export async function buildIptables(workspace: Workspace, toolchain: Toolchain, lock: Lock): Promise<Product> {
  const source = lockedSource(lock, 'iptables');
  const archive = archivePath(workspace, 'sources', source);
  return produce(workspace, 'iptables', { text: ['v1', source, COMPILE, LINK], products: [toolchain.product] }, async (into) => {
    const script = [
      // cpio, because the archive is a tar of the old kind, which busybox does not read. Without root its owners can't be given.
      'mount -t tmpfs tmpfs /tmp', 'cd /tmp', `unxz -c /mnt/store/${basename(archive)} | cpio --quiet -idm --no-preserve-owner -H tar`, `cd iptables-${source.version}`,
      // Without connlabel: it reads a file of names that is not here.
      `./configure CFLAGS="${COMPILE}" LDFLAGS=-no-pie --quiet --enable-static --disable-shared --disable-connlabel --disable-libipq --with-xt-lock-name=/run/xtables.lock`,
      ...['libxtables', 'libiptc', 'extensions'].map((folder) => `make -s -j2 -C ${folder}`),
      `make -s -j2 -C iptables ${IPTABLES} LDFLAGS="${LINK}"`,
      `strip -o /mnt/out/${IPTABLES} iptables/${IPTABLES}`,
    ];
    await toolchain.run(['sh', '-ec', script.join('\n')], { store: dirname(archive), out: into });
  });
}
