// What `ros config apply` does about each key that changed. Pure: a table, and how paths are sorted into it.

import { findSpec } from '@drover/cloud-config';

/** Done by the command itself. */
export type LiveStep = 'host name' | 'SSH keys' | 'password' | 'files' | 'modules' | 'sysctls' | 'mounts' | 'proxies';
/** Done by starting a service again. The ones that people would notice are only started with --restart. */
export type RestartedService = 'network' | 'docker' | 'console';

type Way =
  | { readonly live: LiveStep; readonly except?: string }
  | { readonly restart: RestartedService }
  /** For logins at once, for the service when it is started again. */
  | { readonly live: LiveStep; readonly restart: RestartedService; readonly except: string };

/** System Docker asks its registries through what the boot gave it: it is not started again while the machine runs. */
const PROXY: Way = { live: 'proxies', restart: 'docker', except: 'system-docker at the next boot' };

/** The longest key that fits counts. What no key fits is as the schema says. */
export const WAYS: Readonly<Record<string, Way>> = {
  hostname: { live: 'host name' },
  'rancher.defaults.hostname': { live: 'host name' },
  ssh_authorized_keys: { live: 'SSH keys' },
  'rancher.password': { live: 'password' },
  write_files: { live: 'files', except: 'files of other containers at the next boot' },
  'rancher.modules': { live: 'modules' },
  'rancher.sysctl': { live: 'sysctls' },
  mounts: { live: 'mounts' },
  'rancher.network.interfaces': { restart: 'network' },
  'rancher.network.dns': { restart: 'network' },
  'rancher.network.pre_cmds': { restart: 'network' },
  'rancher.network.post_cmds': { restart: 'network' },
  'rancher.network.dhcp_timeout': { restart: 'network' },
  'rancher.network.http_proxy': PROXY,
  'rancher.network.https_proxy': PROXY,
  'rancher.network.no_proxy': PROXY,
  'rancher.docker': { restart: 'docker' },
  'rancher.ssh': { restart: 'console' },
  'rancher.autologin': { restart: 'console' },
  'rancher.disable': { restart: 'console' },
};

/** In this order: a mount may need a module. */
const LIVE_ORDER: readonly LiveStep[] = ['host name', 'SSH keys', 'password', 'modules', 'sysctls', 'proxies', 'files', 'mounts'];
/** The console last: it may be where the command runs. */
const RESTART_ORDER: readonly RestartedService[] = ['network', 'docker', 'console'];
/** Starting it again stops nobody's work. */
const QUIET_RESTARTS: readonly RestartedService[] = ['network'];

export interface ApplyPlan {
  readonly live: readonly LiveStep[];
  readonly restarts: readonly RestartedService[];
  /** One line for each key: what becomes of it. */
  readonly lines: readonly string[];
}

/** `changed`: the paths of values that differ. `mayRestart`: --restart was given. */
export function planApply(changed: readonly (readonly string[])[], mayRestart: boolean): ApplyPlan {
  const live = new Set<LiveStep>();
  const restarts = new Set<RestartedService>();
  const lines = changed.map((path) => {
    const way = findWay(path);
    if (way === undefined) return `${renderPath(path)}: ${describeRest(path)}`;
    const parts: string[] = [];
    if ('live' in way) {
      live.add(way.live);
      parts.push('restart' in way ? 'now for new logins' : 'now');
    }
    if ('restart' in way) {
      const starts = mayRestart || QUIET_RESTARTS.includes(way.restart);
      if (starts) restarts.add(way.restart);
      parts.push(starts ? `now, ${way.restart} is started again` : `when ${way.restart} is started again: ros config apply --restart, or the next boot`);
    }
    if ('except' in way) parts.push(way.except);
    return `${renderPath(path)}: ${parts.join('; ')}`;
  });
  return { live: LIVE_ORDER.filter((step) => live.has(step)), restarts: RESTART_ORDER.filter((name) => restarts.has(name)), lines: [...new Set(lines)].sort() };
}

function findWay(path: readonly string[]): Way | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const key = path.slice(0, length).join('.');
    if (Object.hasOwn(WAYS, key)) return WAYS[key];
  }
  return undefined;
}

function describeRest(path: readonly string[]): string {
  // A map of plain values has no entry of its own for each name in it.
  const specs = path.map((_, i) => findSpec(path.slice(0, i + 1))?.spec).filter((spec) => spec !== undefined);
  const spec = specs.at(-1);
  const ignored = specs.find((one) => one.ignored !== undefined)?.ignored;
  if (ignored !== undefined) return `never: ${ignored}`;
  if (spec === undefined) return 'never: this key is not known';
  if (spec.works !== true) return 'not in this version yet';
  if (spec.when === 'apply') return 'now';
  return spec.when === 'now' ? 'with the next command that uses it' : 'at the next boot';
}

function renderPath(path: readonly string[]): string {
  return path.map((part) => (part.includes('.') ? `"${part}"` : part)).join('.');
}
