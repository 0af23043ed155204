// Which Debian packages are asked for; their dependencies follow from apt. packages.lock has the outcome.

import type { Architecture } from '../workspace.ts';
import type { PackageSection } from './lock.ts';

export const SUITE = 'trixie';

/** Overridden by DROVER_MIRROR and DROVER_SECURITY_MIRROR, e.g. with a snapshot.debian.org date. */
const MIRROR = 'http://deb.debian.org/debian';
const SECURITY_MIRROR = 'http://deb.debian.org/debian-security';

type Environment = Readonly<Record<string, string | undefined>>;

export function mirrorAddress(env: Environment): string {
  return env['DROVER_MIRROR'] ?? MIRROR;
}

export function sourcesList(env: Environment): readonly string[] {
  const mirror = mirrorAddress(env);
  const security = env['DROVER_SECURITY_MIRROR'] ?? SECURITY_MIRROR;
  return [`deb ${mirror} ${SUITE} main`, `deb ${mirror} ${SUITE}-updates main`, `deb ${security} ${SUITE}-security main`];
}

export function wantedPackages(section: PackageSection, architecture: Architecture): readonly string[] {
  return section === 'system' ? SYSTEM[architecture] : TOOLCHAIN[architecture];
}

/** Where the packages of the installer are. */
export function installerList(env: Environment): string {
  return `deb ${mirrorAddress(env)} ${SUITE} main/debian-installer`;
}

/** Packages of the installer and their source packages (docs/decisions/device-network-time.md). */
export const WANTED_UDEBS: Readonly<Record<string, string>> = { 'udev-udeb': 'systemd-udeb' };

/** Source packages: what Debian has only as a dynamically linked program (docs/decisions/iptables.md). */
export const WANTED_SOURCES: readonly string[] = ['iptables'];

const COMMON_SYSTEM = [
  'bash', 'busybox', 'ca-certificates', 'chrony', 'conmon', 'containerd', 'crun', 'dhcpcd-base', 'docker-cli', 'docker.io',
  'e2fsprogs', 'iptables', 'kmod', 'ncurses-base', 'libpam-modules', 'login', 'mount', 'netbase', 'openssh-server', 'openssh-client', 'passwd',
  'sudo', 'tini', 'util-linux',
];

const COMMON_TOOLCHAIN = [
  'busybox', 'cpio', 'dosfstools', 'gcc', 'kmod', 'libc6-dev', 'libmbedtls-dev', 'libmnl-dev', 'libnftnl-dev', 'libquickjs', 'make', 'mtools', 'patchelf',
  'squashfs-tools', 'xorriso', 'zstd', 'libubsan1', 'libasan8',
];

const SYSTEM: Readonly<Record<Architecture, readonly string[]>> = {
  amd64: [...COMMON_SYSTEM, 'linux-image-cloud-amd64'],
  arm64: [...COMMON_SYSTEM, 'linux-image-cloud-arm64'],
};

const TOOLCHAIN: Readonly<Record<Architecture, readonly string[]>> = {
  amd64: [...COMMON_TOOLCHAIN, 'grub-common', 'grub-pc-bin', 'grub-efi-amd64-bin'],
  arm64: [...COMMON_TOOLCHAIN, 'grub-common', 'grub-efi-arm64-bin'],
};
