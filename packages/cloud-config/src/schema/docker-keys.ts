// `rancher.docker`, `rancher.system_docker` and `rancher.bootstrap_docker`: options of a Docker daemon. Each option
// stands for the flag of the same name.

import type { KeySpec } from './key-spec.ts';

export const DOCKER = {
  engine: { type: 'string', since: '0.6', when: 'boot', meaning: 'Docker version to run: a name from ros engine list, a path or a URL (rancher.docker only)' },
  bridge: { type: 'string', since: '0.7', when: 'apply', works: true, meaning: 'Bridge that containers are attached to; none for no network' },
  bip: { type: 'string', since: '0.7', when: 'apply', works: true, meaning: 'Address and prefix of the default bridge' },
  config_file: { type: 'string', since: '0.7', when: 'apply', works: true, meaning: 'Configuration file of the daemon' },
  containerd: { type: 'string', since: '0.7', when: 'apply', works: true, meaning: 'Socket of a containerd to use' },
  debug: { type: 'boolean', since: '0.7', when: 'apply', works: true, meaning: 'Debug log of the daemon' },
  exec_root: { type: 'string', since: '0.7', when: 'apply', works: true, meaning: 'Directory of the state that a reboot clears' },
  group: { type: 'string', since: '0.7', when: 'apply', works: true, meaning: 'Group that may use the socket' },
  graph: { type: 'string', since: '0.7', when: 'apply', works: true, meaning: 'Directory of images and containers' },
  data_root: { type: 'string', since: 'BurmillaOS', when: 'boot', meaning: 'The same as graph' },
  host: { type: 'list of string', since: '0.7', when: 'apply', works: true, meaning: 'Sockets and addresses to listen on' },
  insecure_registry: { type: 'list of string', since: '0.8', when: 'apply', works: true, meaning: 'Registries used without a valid certificate' },
  live_restore: { type: 'boolean', since: '0.7', when: 'apply', works: true, meaning: 'Keep containers running while the daemon is down' },
  log_driver: { type: 'string', since: '0.7', when: 'apply', works: true, meaning: 'Where the output of containers goes' },
  log_opts: { type: 'map of string', since: '0.7', when: 'apply', works: true, meaning: 'Options of the log driver' },
  pid_file: { type: 'string', since: '0.7', when: 'apply', works: true, meaning: 'File with the process id of the daemon' },
  registry_mirror: { type: 'string', since: '0.7', when: 'apply', works: true, meaning: 'Mirror of Docker Hub' },
  restart: { type: 'boolean', since: '0.7', when: 'boot', meaning: 'Start containers again when the daemon starts' },
  selinux_enabled: { type: 'boolean', since: '0.7', when: 'apply', works: true, meaning: 'SELinux labels for containers' },
  storage_driver: { type: 'string', since: '0.7', when: 'apply', works: true, meaning: 'How image layers are kept' },
  userland_proxy: { type: 'boolean', since: '0.7', when: 'apply', works: true, meaning: 'Forward published ports through a process' },
  userns_enabled: { type: 'boolean', since: 'BurmillaOS', when: 'boot', meaning: 'Run containers in a user namespace' },
  args: { type: 'list of string', since: '0.4', when: 'boot', ignored: 'since RancherOS 0.7 each flag has a key of its own; extra_args takes the others', meaning: 'All flags of the daemon' },
  extra_args: { type: 'list of string', since: '0.4', when: 'apply', works: true, meaning: 'More flags of the daemon, as they are' },
  environment: { type: 'list of string', since: '0.4', when: 'apply', works: true, meaning: 'Environment of the daemon, each as NAME=VALUE' },
  storage_context: { type: 'string', since: '0.4', when: 'apply', works: true, meaning: 'System container in whose file system the daemon runs (rancher.docker only)' },
  exec: { type: 'boolean', since: '1.x', when: 'boot', ignored: 'System Docker is never process 1', meaning: 'Run System Docker as process 1' },
  tls: { type: 'boolean', since: '0.4', when: 'apply', works: true, default: false, meaning: 'Serve TLS with the certificates below, with the flags of tls_args; certificates are made where there are none' },
  tls_args: { type: 'list of string', since: '0.4', when: 'apply', works: true, meaning: 'Flags added when tls is on' },
  ca_cert: { type: 'string', since: '0.4', when: 'apply', works: true, secret: 'private', meaning: 'Certificate of the authority, PEM' },
  ca_key: { type: 'string', since: '0.4', when: 'apply', works: true, secret: 'private', meaning: 'Key of the authority, PEM' },
  server_cert: { type: 'string', since: '0.4', when: 'apply', works: true, secret: 'private', meaning: 'Certificate of the daemon, PEM' },
  server_key: { type: 'string', since: '0.4', when: 'apply', works: true, secret: 'private', meaning: 'Key of the daemon, PEM' },
} as const;

const SYSTEM_OPTIONS: readonly string[] = ['debug', 'environment', 'insecure_registry', 'registry_mirror'];

/** What of it System Docker knows. */
export const SYSTEM_DOCKER: typeof DOCKER = Object.fromEntries(Object.entries<KeySpec>(DOCKER).map(([name, { type, since, meaning, default: value, secret, ignored }]): [string, KeySpec] => {
  const effect = SYSTEM_OPTIONS.includes(name) ? ({ works: true } as const) : { ignored: name === 'exec' && ignored !== undefined ? ignored : 'System Docker has no such option' };
  return [name, { type, since, when: 'boot', meaning, ...effect, ...(value !== undefined && { default: value }), ...(secret && { secret }) }];
})) as unknown as typeof DOCKER;
