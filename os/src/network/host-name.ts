// The machine's name where programs look for it.

import type { SystemHost } from '@drover/host';

const HOSTS = '/etc/hosts';

export function setHostName(host: SystemHost, name: string): void {
  host.kernel.setHostName(name);
  // Others read them at any time, and never find them empty.
  host.files.overwriteText('/etc/hostname', `${name}\n`);
  host.files.overwriteText(HOSTS, renderHosts(host.files.readTextIfPresent(HOSTS) ?? '', name));
}

/** The line of 127.0.1.1 is ours; others stay. */
export function renderHosts(current: string, name: string): string {
  const lines = current === '' ? ['127.0.0.1\tlocalhost', '::1\tlocalhost ip6-localhost ip6-loopback'] : current.trimEnd().split('\n');
  const at = lines.findIndex((line) => /^127\.0\.1\.1\s/.test(line));
  const others = lines.filter((line) => !/^127\.0\.1\.1\s/.test(line));
  return [...others.slice(0, at < 0 ? 1 : at), `127.0.1.1\t${name}`, ...others.slice(at < 0 ? 1 : at), ''].join('\n');
}
