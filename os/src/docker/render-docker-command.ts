// The command lines of dockerd and containerd, from rancher.docker.*.

import type { Configuration } from '@drover/cloud-config';

type DockerOptions = Configuration['rancher']['docker'];

export const CONTAINERD_SOCKET = '/run/docker/containerd/containerd.sock';
const CONTAINERD_STATE = '/run/docker/containerd/daemon';

/** Parts of containerd that Docker does not use: each costs time at every start. */
const UNUSED_PLUGINS = [
  'io.containerd.grpc.v1.cri', 'io.containerd.nri.v1.nri', 'io.containerd.internal.v1.opt', 'io.containerd.internal.v1.restart',
  'io.containerd.internal.v1.tracing', 'io.containerd.tracing.processor.v1.otlp', 'io.containerd.snapshotter.v1.aufs',
  'io.containerd.snapshotter.v1.blockfile', 'io.containerd.snapshotter.v1.btrfs', 'io.containerd.snapshotter.v1.devmapper',
  'io.containerd.snapshotter.v1.zfs',
];

/** The paths are those that dockerd would use for a containerd of its own: an engine can be switched either way. */
export function renderContainerdConfig(graph: string): string {
  return [
    'version = 2',
    `root = "${graph}/containerd/daemon"`,
    `state = "${CONTAINERD_STATE}"`,
    'oom_score = -500',
    `disabled_plugins = [${UNUSED_PLUGINS.map((name) => `"${name}"`).join(', ')}]`,
    '[grpc]',
    `  address = "${CONTAINERD_SOCKET}"`,
    '[debug]',
    '  level = "warn"',
    '',
  ].join('\n');
}

export function graphOf(options: DockerOptions): string {
  return options.graph ?? '/var/lib/docker';
}

/** Without the program's name. Typed options first, then extra_args, then tls_args, as RancherOS did. */
export function renderDockerdArgs(options: DockerOptions, debug: boolean, containerd: string | undefined): string[] {
  const args: string[] = [];
  const text = (flag: string, value: string | undefined): void => void (value !== undefined && value !== '' && args.push(flag, value));
  const flag = (name: string, value: boolean | null | undefined): void => void (typeof value === 'boolean' && args.push(value ? name : `${name}=false`));
  const list = (name: string, values: readonly string[] | undefined): void => (values ?? []).filter((value) => value !== '').forEach((value) => args.push(name, value));
  text('--bridge', options.bridge);
  text('--bip', options.bip);
  text('--config-file', options.config_file);
  text('--containerd', options.containerd ?? containerd);
  if (debug || options.debug === true) args.push('--debug');
  text('--exec-root', options.exec_root);
  text('--group', options.group);
  text('--data-root', graphOf(options));
  list('--host', options.host);
  list('--insecure-registry', options.insecure_registry);
  flag('--live-restore', options.live_restore);
  text('--log-driver', options.log_driver);
  for (const [key, value] of Object.entries(options.log_opts ?? {})) if (value !== '') args.push('--log-opt', `${key}=${value}`);
  text('--pidfile', options.pid_file);
  text('--registry-mirror', options.registry_mirror);
  flag('--selinux-enabled', options.selinux_enabled);
  text('--storage-driver', options.storage_driver);
  flag('--userland-proxy', options.userland_proxy ?? false);
  args.push(...(options.extra_args ?? []));
  if (options.tls) args.push(...(options.tls_args ?? []));
  return args;
}
