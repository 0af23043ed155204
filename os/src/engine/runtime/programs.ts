// The programs that System Docker stands on, found once when it starts.

import { join, RosError } from '@drover/core';
import type { Host } from '@drover/host';

export interface Programs {
  readonly crun: string;
  readonly conmon: string;
  /** docker-init or tini, for --init; undefined when there is none. */
  readonly init: string | undefined;
  /** Without -save and -restore; undefined when there is none. Only bridges need it. */
  readonly iptables: string | undefined;
}

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Where User Docker's programs are, of which the init and iptables are some. */
const ENGINE_FOLDER = '/rootfs/engine/layers/os-docker/var/lib/rancher/engine';

/** Throws `program-missing`. */
export function findPrograms(host: Host): Programs {
  const directories = (host.processes.env('PATH') ?? DEFAULT_PATH).split(':').filter((one) => one.startsWith('/'));
  const find = (name: string): string | undefined => directories.map((directory) => join(directory, name)).find((path) => host.files.exists(path));
  const required = (name: string): string => {
    const path = find(name);
    if (path === undefined) throw new RosError('program-missing', `${name} is not on the PATH (${directories.join(':')})`, { hint: `install ${name}` });
    return path;
  };
  const bundled = (name: string): string | undefined => [join(ENGINE_FOLDER, name)].find((path) => host.files.exists(path));
  return {
    crun: required('crun'),
    conmon: required('conmon'),
    init: find('docker-init') ?? find('tini-static') ?? bundled('tini-static'),
    iptables: find('iptables') ?? bundled('iptables'),
  };
}
