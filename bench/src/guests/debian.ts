// Debian 13, as small as mmdebstrap makes it, with docker.io under systemd: what people would run instead.

import { join } from 'node:path';
import { mkdirSync, rmSync } from 'node:fs';
import { RosError } from '@drover/core';
import { mmdebstrapMode, produce, runCommand, sourcesList, SUITE } from '@drover/builder';
import type { LockedPackage } from '@drover/builder';
import type { Machine, Supplies } from '@drover/e2e';
import { addKernelModules, buildInit, DISK_MB, diskSetup } from './disk-guest.ts';
import type { Guest, Shell } from './guest.ts';
import { ENGINE_NETWORK } from './guest.ts';
import { openSerialShell } from './serial-shell.ts';

const PACKAGES = ['systemd-sysv', 'udev', 'kmod', 'docker.io', 'docker-cli', 'iptables'];
/** The engine that both have must be one. */
const PINNED = ['docker.io', 'docker-cli', 'containerd', 'runc', 'iptables'];

export async function buildDebian(supplies: Supplies): Promise<Guest> {
  const init = await buildInit(supplies);
  const pins = pinned(supplies.locked);
  const product = await produce(supplies.workspace, 'bench-debian', { text: ['v1', PACKAGES, pins, DISK_MB, supplies.release], products: [init] }, async (into) => {
    const modules = join(into, 'modules');
    mkdirSync(modules);
    await addKernelModules(supplies, modules);
    const disk = join(into, 'disk.img');
    await runCommand([
      'mmdebstrap', '--quiet', '--variant=minbase', mmdebstrapMode(), `--include=${[...PACKAGES, ...pins].join(',')}`,
      '--dpkgopt=path-exclude=/usr/share/doc/*', '--dpkgopt=path-exclude=/usr/share/man/*', '--dpkgopt=path-exclude=/usr/share/locale/*',
      '--customize-hook=chroot "$1" passwd -d root', '--customize-hook=echo debian > "$1/etc/hostname"',
      '--customize-hook=echo "/dev/vda / ext4 defaults 0 1" > "$1/etc/fstab"',
      `--customize-hook=copy-in ${join(modules, 'usr')} /`,
      `--customize-hook=truncate -s ${DISK_MB}M ${disk}`,
      // Without what mmdebstrap mounts into the tree for its hooks.
      `--customize-hook=PATH=$PATH:/usr/sbin:/sbin unshare --mount sh -ec 'for at in proc sys dev; do umount -R "$1/$at" 2>/dev/null || true; done; mkfs.ext4 -q -F -L debian -d "$1" ${disk}' sh "$1"`,
      SUITE, '/dev/null', ...sourcesList(process.env),
    ], { hint: 'the mirror may have moved on from packages.lock: run ./dev update-lock' });
    rmSync(modules, { recursive: true });
  });
  return {
    name: 'debian',
    title: 'Debian 13 minimal with docker.io under systemd',
    setup: diskSetup('bench-debian', init, join(product.path, 'disk.img'), '/sbin/init'),
    up: ENGINE_NETWORK, // systemd no longer shows its progress once there is a login prompt
    prompt: /login: /,
    dockerLog: 'journalctl -b -u docker -o cat --no-pager',
    openShell: logIn,
    powerOff: 'systemctl poweroff',
  };
}

function pinned(locked: readonly LockedPackage[]): string[] {
  return PINNED.map((name) => {
    const one = locked.find((other) => other.name === name);
    if (one === undefined) throw new RosError('package-unknown', `no package ${name} in packages.lock`);
    return `${name}=${one.version}`;
  });
}

/** root has no password. */
async function logIn(machine: Machine): Promise<Shell> {
  const since = machine.serial.mark();
  machine.serial.type('\n');
  await machine.serial.waitFor(/login: /, { deadlineMs: 60_000, since });
  machine.serial.type('root\n');
  await machine.serial.waitFor(/# $/m, { deadlineMs: 120_000, since });
  return openSerialShell(machine);
}
