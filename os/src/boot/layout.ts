// The root of the running system: a tmpfs in which /usr is the os-base image, and everything that lasts is bound from
// the state partition. Without a state partition the same folders are in the tmpfs.

import type { SystemHost } from '@drover/host';

export const BASE_LAYER = '/rootfs/system/layers/os-base';

/**
 * The initrd's folder with the one copy of `ros` that there is: it stays in memory, bound to where the running system
 * has it (written by builder/src/initrd/build-initrd.ts).
 */
export const ROS_FOLDER = '/ros';

/** Folders of the state partition, at the same place as RancherOS has them, and where they appear. */
export const PERSISTENT: readonly (readonly [path: string, mode: number])[] = [
  ['/var', 0o755],
  ['/home', 0o755],
  ['/opt', 0o755],
  ['/mnt', 0o755],
  ['/media', 0o755],
  ['/etc/docker', 0o755],
];

const FOLDERS: readonly (readonly [path: string, mode: number])[] = [
  ['/dev', 0o755], ['/proc', 0o555], ['/sys', 0o555], ['/run', 0o755], ['/etc', 0o755], ['/root', 0o700], ['/usr', 0o755],
  ['/tmp', 0o1777], ['/state', 0o700],
];

const LINKS: readonly (readonly [path: string, target: string])[] = [
  ['/bin', 'usr/bin'], ['/sbin', 'usr/sbin'], ['/lib', 'usr/lib'], ['/lib64', 'usr/lib64'],
];

/** Below a persistent or volatile /var, whatever was there before. */
const VAR_FOLDERS: readonly (readonly [path: string, mode: number])[] = [
  ['/var/lib/rancher', 0o755], ['/var/lib/rancher/conf', 0o700], ['/var/lib/rancher/conf/cloud-config.d', 0o700],
  ['/var/lib/docker', 0o710], ['/var/lib/system-docker', 0o710], ['/var/lib/dhcpcd', 0o755], ['/var/lib/chrony', 0o755],
  ['/var/log', 0o755], ['/var/tmp', 0o1777], ['/var/cache', 0o755], ['/home/rancher', 0o755], ['/home/docker', 0o755],
];

/** Builds everything below `root`. `state` is where the state partition (or its rancher.state.directory) is mounted. */
export function buildLayout(host: SystemHost, root: string, state: string | undefined): void {
  const { files, mounts } = host;
  const makeFolder = (path: string, mode: number): void => {
    if (files.exists(path)) return;
    files.makeDirectory(path);
    files.changeMode(path, mode);
  };
  for (const [path, mode] of FOLDERS) makeFolder(root + path, mode);
  for (const [path, target] of LINKS) if (files.lstat(root + path) === undefined) files.symlink(target, root + path);
  mounts.mount({ source: `${root}${BASE_LAYER}/usr`, target: `${root}/usr`, type: '', flags: ['bind'] });
  mounts.mount({ source: `${root}/rootfs/modules`, target: `${root}/usr/lib/modules`, type: '', flags: ['bind'] });
  mounts.mount({ source: ROS_FOLDER, target: `${root}/usr/lib/ros`, type: '', flags: ['bind', 'ro'] });
  copySettings(host, `${root}${BASE_LAYER}/etc`, `${root}/etc`);
  for (const [path, mode] of PERSISTENT) {
    makeFolder(root + path, mode);
    if (state === undefined) continue;
    makeFolder(state + path, mode);
    mounts.mount({ source: state + path, target: root + path, type: '', flags: ['bind'] });
  }
  for (const [path, mode] of VAR_FOLDERS) makeFolder(root + path, mode);
  if (files.lstat(`${root}/var/run`) === undefined) files.symlink('../run', `${root}/var/run`);
  if (files.lstat(`${root}/var/lock`) === undefined) files.symlink('../run/lock', `${root}/var/lock`);
  giveHome(host, `${root}/home/rancher`, 1100);
  giveHome(host, `${root}/home/docker`, 1101);
}

function giveHome(host: SystemHost, path: string, id: number): void {
  if (host.files.stat(path)?.uid === 0) host.files.changeOwner(path, id, id);
}

/** The few files of /etc that the machine itself needs; large ones stay where they are, as links. */
function copySettings(host: SystemHost, from: string, to: string): void {
  const { files } = host;
  for (const name of files.list(from)) {
    const [source, target] = [`${from}/${name}`, `${to}/${name}`];
    const status = files.lstat(source)!;
    if (files.lstat(target) !== undefined) continue;
    if (status.type === 'symlink') files.symlink(files.readLink(source), target);
    else if (status.type === 'directory') files.symlink(`${BASE_LAYER}/etc/${name}`, target);
    else files.write(target, files.readBytes(source), { mode: status.mode });
  }
}

/** Frees the memory of the initramfs: everything in it that is not a mount point. Does nothing on a real disk. */
export function emptyInitramfs({ files }: SystemHost, keep: readonly string[]): void {
  const [RAMFS_MAGIC, TMPFS_MAGIC] = [0x858458f6, 0x01021994];
  if (![RAMFS_MAGIC, TMPFS_MAGIC].includes(files.fileSystem('/').type)) return;
  const device = files.lstat('/')!.device;
  for (const name of files.list('/')) if (!keep.includes(name) && files.lstat(`/${name}`)?.device === device) files.removeTree(`/${name}`);
}
