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
  if (config.rancher.ssh.daemon) lines.push(renderSshDaemon(config.rancher.ssh));
  return `${lines.join('\n')}\n`;
}

/** What the command line says wins over sshd_config; an address that no word can be made of is left out. */
function renderSshDaemon({ port, listen_address: address, keys }: Configuration['rancher']['ssh']): string {
  const words = ['/usr/sbin/sshd', '-D', '-e'];
  if (keys['rsa'] !== undefined) words.push('-h', '/etc/ssh/ssh_host_rsa_key');
  if (port !== undefined && port > 0 && port < 65536) words.push('-p', String(port));
  if (address !== undefined && /^[\w.:%[\]-]+$/.test(address)) words.push('-o', `ListenAddress=${address}`);
  return words.join(' ');
}
