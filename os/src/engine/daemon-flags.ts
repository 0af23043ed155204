// The command line of `system-docker daemon`: dockerd's own flags, as far as they mean something here.

import { parseFlags, renderFlags } from '../command/parse-flags.ts';
import type { Flags, FlagSpecs } from '../command/parse-flags.ts';
import { isLogLevel } from './engine-log.ts';
import type { LogLevel } from './engine-log.ts';
import { isMirrorAddress } from './registry/registry-address.ts';

export interface DaemonFlags {
  readonly dataRoot: string;
  readonly execRoot: string;
  readonly sockets: readonly string[];
  readonly pidFile: string;
  /** Folder with images.json; undefined: no images. */
  readonly preload: string | undefined;
  readonly insecureRegistries: readonly string[];
  readonly registryMirrors: readonly string[];
  readonly logLevel: LogLevel;
}

const FLAGS: FlagSpecs = {
  'data-root': { short: 'g', value: 'DIR', help: 'containers, volumes and images (default /var/lib/system-docker)' },
  'exec-root': { value: 'DIR', help: 'what a reboot ends; a tmpfs (default /var/run/system-docker)' },
  host: { short: 'H', value: 'SOCKET', help: 'unix:///PATH to listen on, may be repeated (default unix:///var/run/system-docker.sock)' },
  pidfile: { short: 'p', value: 'FILE', help: '(default /var/run/system-docker.pid)' },
  preload: { value: 'DIR', help: 'folder with images.json: images that are used in place' },
  'insecure-registry': { value: 'NAME', help: 'NAME[:PORT] or subnet of registries whose certificates are not checked, plain HTTP allowed; may be repeated' },
  'registry-mirror': { value: 'URL', help: 'mirror of Docker Hub, asked before it; may be repeated' },
  debug: { short: 'D', help: 'the same as --log-level debug' },
  'log-level': { short: 'l', value: 'LEVEL', help: 'debug, info, warn, error or fatal (default info)' },
};

export function renderDaemonUsage(): string {
  const rows = renderFlags(FLAGS);
  const width = Math.max(...rows.map(([left]) => left.length));
  return `usage: system-docker daemon [OPTION...]\n\n${rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join('')}`;
}

/** The flags, or what is wrong with them, or `help`. */
export function parseDaemonFlags(args: readonly string[]): DaemonFlags | { readonly problem: string } | 'help' {
  const flags = parseFlags(args, FLAGS);
  if ('problem' in flags) return flags;
  if (flags.isOn('help')) return 'help';
  const [extra] = flags.operands;
  return extra === undefined ? interpret(flags) : { problem: `unexpected argument: ${extra}` };
}

function interpret(flags: Flags): DaemonFlags | { readonly problem: string } {
  const level = flags.isOn('debug') ? 'debug' : (flags.text('log-level') ?? 'info');
  if (!isLogLevel(level)) return { problem: `invalid log level: ${level}` };
  const paths = {
    dataRoot: flags.text('data-root') ?? '/var/lib/system-docker',
    execRoot: flags.text('exec-root') ?? '/var/run/system-docker',
    pidFile: flags.text('pidfile') ?? '/var/run/system-docker.pid',
    preload: flags.text('preload'),
  };
  for (const path of Object.values(paths)) if (path !== undefined && !path.startsWith('/')) return { problem: `not an absolute path: ${path}` };
  const given = flags.texts('host');
  const hosts = given.length === 0 ? ['unix:///var/run/system-docker.sock'] : given;
  const odd = hosts.find((host) => !/^unix:\/\/\/./.test(host));
  if (odd !== undefined) return { problem: `unusable --host ${odd}: only unix:///PATH is served` };
  const mirrors = flags.texts('registry-mirror');
  const oddMirror = mirrors.find((url) => !isMirrorAddress(url));
  if (oddMirror !== undefined) return { problem: `invalid mirror: ${oddMirror}: it is http:// or https://, a host and perhaps a port, and nothing else` };
  return { ...paths, sockets: hosts.map((host) => host.slice('unix://'.length)), insecureRegistries: flags.texts('insecure-registry'), registryMirrors: mirrors, logLevel: level };
}
