// The command line of `system-docker daemon`: dockerd's own flags, as far as they mean something here.

import { isLogLevel } from './engine-log.ts';
import type { LogLevel } from './engine-log.ts';

export interface DaemonFlags {
  readonly dataRoot: string;
  readonly execRoot: string;
  readonly sockets: readonly string[];
  readonly pidFile: string;
  /** Folder with images.json; undefined: no images. */
  readonly preload: string | undefined;
  readonly logLevel: LogLevel;
}

export const DAEMON_USAGE = `usage: system-docker daemon [OPTION...]

  --data-root DIR       containers, volumes and images (default /var/lib/system-docker)
  --exec-root DIR       what a reboot ends; a tmpfs (default /var/run/system-docker)
  -H, --host SOCKET     unix:///PATH to listen on, may be repeated (default unix:///var/run/system-docker.sock)
  -p, --pidfile FILE    (default /var/run/system-docker.pid)
  --preload DIR         folder with images.json: images that are used in place
  -D, --debug           the same as --log-level debug
  -l, --log-level LEVEL debug, info, warn, error or fatal (default info)
`;

const DEFAULTS = {
  'data-root': '/var/lib/system-docker',
  'exec-root': '/var/run/system-docker',
  'pidfile': '/var/run/system-docker.pid',
  'host': 'unix:///var/run/system-docker.sock',
};

const SHORT: Readonly<Record<string, string>> = { H: 'host', p: 'pidfile', l: 'log-level', D: 'debug', h: 'help', g: 'data-root' };
const WITH_VALUE = ['data-root', 'exec-root', 'pidfile', 'host', 'preload', 'log-level'];

/** The flags, or what is wrong with them, or `help`. */
export function parseDaemonFlags(args: readonly string[]): DaemonFlags | { readonly problem: string } | 'help' {
  const values = new Map<string, string[]>();
  for (let i = 0; i < args.length; i += 1) {
    const match = /^(?:--([a-z-]+)|-([a-zA-Z]))(?:=(.*))?$/s.exec(args[i]!);
    if (match === null) return { problem: `unexpected argument: ${args[i]!}` };
    const name = match[1] ?? SHORT[match[2]!];
    const spelled = args[i]!.replace(/=.*$/s, '');
    let value = match[3];
    if (name === 'help') return 'help';
    if (name === 'debug') value ??= 'true';
    else if (name === undefined || !WITH_VALUE.includes(name)) return { problem: `unknown flag: ${spelled}` };
    else if (value === undefined) {
      i += 1;
      value = args[i];
    }
    if (value === undefined || value === '') return { problem: `flag needs an argument: ${spelled}` };
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return interpret(values);
}

function interpret(values: ReadonlyMap<string, readonly string[]>): DaemonFlags | { readonly problem: string } {
  const last = (name: string): string | undefined => values.get(name)?.at(-1);
  const level = last('debug') === 'true' ? 'debug' : (last('log-level') ?? 'info');
  if (!isLogLevel(level)) return { problem: `invalid log level: ${level}` };
  const paths = {
    dataRoot: last('data-root') ?? DEFAULTS['data-root'],
    execRoot: last('exec-root') ?? DEFAULTS['exec-root'],
    pidFile: last('pidfile') ?? DEFAULTS.pidfile,
    preload: last('preload'),
  };
  for (const path of Object.values(paths)) if (path !== undefined && !path.startsWith('/')) return { problem: `not an absolute path: ${path}` };
  const hosts = values.get('host') ?? [DEFAULTS.host];
  const odd = hosts.find((host) => !/^unix:\/\/\/./.test(host));
  if (odd !== undefined) return { problem: `unusable --host ${odd}: only unix:///PATH is served` };
  return { ...paths, sockets: hosts.map((host) => host.slice('unix://'.length)), logLevel: level };
}
