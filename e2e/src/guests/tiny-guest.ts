// The guest that proves the harness itself: the product's kernel, busybox and sshd in an initramfs, up in seconds.

import { join } from 'node:path';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { produce } from '@drover/builder';
import type { Boot } from '../machine/types.ts';
import type { Supplies } from './initramfs.ts';
import { addModules, kernelImage, layTree, linkBusybox, packInitramfs, writeScript } from './initramfs.ts';

export const TINY_READY = 'Tiny guest started';

const PACKAGES = [
  'busybox', 'libc6', 'openssh-server', 'openssh-client', 'openssh-sftp-server', 'libssl3t64', 'libselinux1', 'libpcre2-8-0', 'libpam0g', 'libaudit1',
  'libcap-ng0', 'libgssapi-krb5-2', 'libkrb5-3', 'libk5crypto3', 'libkrb5support0', 'libcom-err2', 'libkeyutils1', 'zlib1g', 'libcrypt1',
  'libwrap0', 'libzstd1', 'libsystemd0', 'libgcc-s1', 'libwtmpdb0', 'libsqlite3-0', 'libcap2',
];
const MODULES = ['failover', 'net_failover', 'virtio_net', 'virtio_blk'];
const APPLETS = ['sh', 'mount', 'ip', 'cat', 'ls', 'echo', 'poweroff', 'reboot', 'setsid', 'cttyhack', 'insmod', 'mkdir', 'sleep', 'grep', 'head', 'dd', 'blkid', 'sync', 'free', 'true', 'ps', 'chmod', 'wc', 'sha256sum', 'stty', 'hostname', 'mdev'];

const INIT = `#!/bin/sh
mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t devtmpfs dev /dev
mkdir -p /dev/pts; mount -t devpts devpts /dev/pts
for module in /modules/*.ko; do insmod "$module"; done
ip link set lo up; ip link set eth0 up 2>/dev/null && ip addr add 10.0.2.15/24 dev eth0 && ip route add default via 10.0.2.2
mkdir -p /run/sshd /root/.ssh; chmod 700 /root /root/.ssh
for word in $(cat /proc/cmdline); do case $word in tiny.key=*) echo "ssh-ed25519 \${word#tiny.key=}" > /root/.ssh/authorized_keys;; esac; done
ssh-keygen -q -t ed25519 -N "" -f /etc/ssh/ssh_host_ed25519_key
/usr/sbin/sshd
echo "${TINY_READY}"
while true; do setsid cttyhack sh; done
`;

export interface TinyGuest {
  /** Give the public key as `ssh-ed25519 AAAA...`. */
  boot(publicKey: string): Boot;
}

export async function buildTinyGuest(supplies: Supplies): Promise<TinyGuest> {
  const product = await produce(supplies.workspace, 'tiny-guest', { text: ['v3', PACKAGES, MODULES, APPLETS, INIT, supplies.locked] }, async (into) => {
    const tree = join(into, 'tree');
    mkdirSync(tree);
    layTree(supplies, tree, PACKAGES);
    await linkBusybox(tree, APPLETS);
    await addModules(supplies, tree, MODULES);
    writeScript(join(tree, 'init'), INIT);
    writeFileSync(join(tree, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nsshd:x:100:65534::/run/sshd:/bin/false\n');
    writeFileSync(join(tree, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
    writeFileSync(join(tree, 'etc/shadow'), 'root:*:20000::::::\n');
    writeFileSync(join(tree, 'etc/ssh/sshd_config'), 'PermitRootLogin yes\nUsePAM no\nHostKey /etc/ssh/ssh_host_ed25519_key\n');
    await packInitramfs(supplies, tree, join(into, 'initrd'));
    cpSync(kernelImage(supplies), join(into, 'vmlinuz'));
    rmSync(tree, { recursive: true });
  });
  return {
    boot: (publicKey) => ({
      mode: 'kernel',
      kernel: join(product.path, 'vmlinuz'),
      initrd: join(product.path, 'initrd'),
      words: ['console=ttyS0', 'panic=-1', `tiny.key=${publicKey.split(' ')[1] ?? ''}`],
    }),
  };
}
