// The floor: nothing but the product's kernel, a static init and a bare dockerd on ext4. What no system can beat.

import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { produce } from '@drover/builder';
import type { Supplies } from '@drover/e2e';
import { createExt4Disk, layTree, linkBusybox } from '@drover/e2e';
import { addKernelModules, buildInit, DISK_MB, diskSetup } from './disk-guest.ts';
import type { Guest } from './guest.ts';
import { openSerialShell } from './serial-shell.ts';

const PACKAGES = [
  'busybox', 'coreutils', 'libc6', 'libgcc-s1', 'docker.io', 'docker-cli', 'containerd', 'runc', 'iptables', 'kmod', 'libseccomp2', 'libsystemd0', 'libcap2', 'libgmp10', 'libssl3t64',
  'libzstd1', 'zlib1g', 'libxtables12', 'libmnl0', 'libnftnl11', 'libnfnetlink0', 'libip4tc2', 'libip6tc2', 'libselinux1', 'libpcre2-8-0', 'libacl1', 'libattr1',
  'libnetfilter-conntrack3', 'tini', 'libkmod2', 'netbase',
];
const APPLETS = ['sh', 'grep', 'sed', 'mount', 'ps', 'kill', 'pidof', 'modprobe'];
const LINKS: Readonly<Record<string, string>> = { iptables: 'xtables-nft-multi', ip6tables: 'xtables-nft-multi', 'iptables-save': 'xtables-nft-multi', 'iptables-restore': 'xtables-nft-multi' };

export async function buildFloor(supplies: Supplies): Promise<Guest> {
  const init = await buildInit(supplies);
  const product = await produce(supplies.workspace, 'bench-floor', { text: ['v1', PACKAGES, APPLETS, LINKS, supplies.locked, DISK_MB], products: [init] }, async (into) => {
    const tree = join(into, 'tree');
    mkdirSync(tree);
    layTree(supplies, tree, PACKAGES);
    for (const [name, target] of Object.entries(LINKS)) cpSync(join(tree, 'usr/sbin', target), join(tree, 'usr/sbin', name), { dereference: true });
    await linkBusybox(tree, APPLETS);
    cpSync(join(init.path, 'init'), join(tree, 'usr/sbin/floor-init'));
    writeFileSync(join(tree, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
    writeFileSync(join(tree, 'etc/group'), 'root:x:0:\ndocker:x:999:\n');
    await addKernelModules(supplies, tree);
    await createExt4Disk(join(into, 'disk.img'), DISK_MB, 'floor', tree);
    rmSync(tree, { recursive: true });
  });
  return {
    name: 'floor',
    title: 'floor: static init and dockerd alone',
    setup: diskSetup('bench-floor', init, join(product.path, 'disk.img'), '/usr/sbin/floor-init'),
    up: /API listen on \/var\/run\/docker\.sock/,
    prompt: undefined,
    dockerLog: '', // it is on the serial console
    openShell: openSerialShell,
    powerOff: 'kill $(pidof dockerd)',
  };
}
