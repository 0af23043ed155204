// What a person sees before the login: what this is, where it can be reached, how to get in. agetty fills in and
// refreshes the addresses itself (\4 and \6 with the name of an interface; without a name it would fall back on what
// the host name resolves to, which is 127.0.1.1).

import type { Configuration } from '@drover/cloud-config';

/** `interfaces`: the network cards, by name. */
export function renderGreeting(version: string, config: Configuration, interfaces: readonly string[], memoryOnly: boolean): string {
  const password = config.rancher.password !== undefined && !(config.rancher.disable ?? []).includes('password');
  const keys = config.ssh_authorized_keys.length > 0;
  const ways = [
    ...(keys ? [`  log in:   ssh ${renderPort(config)}rancher@ADDRESS, with one of your keys`] : []),
    ...(password ? ['  log in:   user rancher, with the password of rancher.password'] : []),
    ...(!keys && !password ? renderNoWay(config) : []),
  ];
  return [
    '',
    `Drover ${version}   \\n   \\l`,
    ...renderAddresses(interfaces),
    ...ways,
    ...(memoryOnly ? ['  storage:  in memory only; nothing lasts beyond a reboot'] : []),
    '',
    '',
  ].join('\n');
}

function renderPort({ rancher: { ssh: { port } } }: Configuration): string {
  return port === undefined || port === 22 ? '' : `-p ${port} `;
}

function renderNoWay(config: Configuration): string[] {
  const automatic = (config.rancher.disable ?? []).includes('autologin') ? [] : (config.rancher.autologin ?? []);
  if (automatic.length === 0) return ['  log in:   nobody can yet. Give ssh_authorized_keys or rancher.password in cloud-config,', '            or boot with rancher.autologin=tty1 on the kernel command line'];
  return [`  log in:   only on ${automatic.join(' and ')}, by itself (rancher.autologin).`, '            For ssh, give ssh_authorized_keys or rancher.password in cloud-config'];
}

function renderAddresses(interfaces: readonly string[]): string[] {
  if (interfaces.length === 0) return ['  network:  no network card'];
  return interfaces.map((name) => `  ${`${name}:`.padEnd(9)} \\4{${name}}   \\6{${name}}`);
}

export function renderOsRelease(version: string): string {
  const fields: Readonly<Record<string, string>> = {
    NAME: 'RancherOS',
    VERSION: version,
    ID: 'rancheros', // docker-machine looks for it
    ID_LIKE: '',
    VERSION_ID: version,
    PRETTY_NAME: `Drover ${version} (RancherOS compatible)`,
  };
  return Object.entries(fields).map(([name, value]) => (name === 'ID' || name === 'ID_LIKE' || name.startsWith('VERSION') ? `${name}=${value}\n` : `${name}="${value}"\n`)).join('');
}

const SHOWN_FAILURES = 5;

/** Shown after a login. `failed`: what of the configuration could not be done. */
export function renderMessageOfTheDay(notices: readonly string[], failed: readonly string[]): string {
  const more = failed.length > SHOWN_FAILURES ? [`  and ${failed.length - SHOWN_FAILURES} more`] : [];
  return [
    ...notices.flatMap((notice) => ['', notice]),
    ...(failed.length === 0 ? [] : ['', 'Not all of the configuration could be applied (sudo dmesg says when):', ...failed.slice(0, SHOWN_FAILURES).map((text) => `  ${text}`), ...more]),
    '',
    'docker         your containers (User Docker)',
    'system-docker  the containers the system is made of (needs sudo)',
    'What lasts: /home /opt /var/lib/docker /var/lib/rancher /var/log; the rest of this console is new at each boot.',
    '',
    '',
  ].join('\n');
}

/** `PATH` and `path` of rancher.environment, as RancherOS takes them: folders with commas between. */
export function renderPathProfile(environment: Readonly<Record<string, string>>): string {
  const folders = ['PATH', 'path'].flatMap((name) => (environment[name] ?? '').split(',')).map((folder) => folder.trim()).filter((folder) => /^[\w./+@-]+$/.test(folder));
  return folders.map((folder) => `export PATH=$PATH:${folder}\n`).join('');
}
