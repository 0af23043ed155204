// What runs in the console, as the lines of respawn.conf: a login on each terminal, sshd.

import type { Configuration } from '@drover/cloud-config';

/** Terminals with a login: the first virtual ones, and every serial line that the kernel was told to use. */
export function planTerminals(kernelLine: string, existing: (device: string) => boolean): string[] {
  const serial = [...kernelLine.matchAll(/(?:^|\s)console=(tty(?:S|AMA|USB)\d+)/g)].map((match) => match[1]!);
  return [...new Set(['tty1', 'tty2', ...serial, 'ttyS0'])].filter((name) => existing(`/dev/${name}`));
}

export function renderRespawnTable(terminals: readonly string[], config: Configuration): string {
  const disabled = new Set(config.rancher.disable ?? []);
  const automatic = disabled.has('autologin') ? [] : (config.rancher.autologin ?? []);
  const lines = terminals.map((name) => {
    const login = automatic.includes(name) ? '--autologin rancher ' : '';
    return /^tty\d+$/.test(name) ? `/sbin/agetty ${login}--noclear ${name} linux` : `/sbin/agetty ${login}--keep-baud 115200,38400,9600 ${name} vt220`;
  });
  if (config.rancher.ssh.daemon) lines.push('/usr/sbin/sshd -D -e');
  return `${lines.join('\n')}\n`;
}
