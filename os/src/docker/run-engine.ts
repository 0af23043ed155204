// User Docker as two processes that are watched together: containerd and dockerd. Starting them side by side, instead
// of dockerd starting containerd and waiting for it, makes Docker answer earlier (docs/decisions/user-docker.md).

import { encodeUtf8, explain, RosError } from '@drover/core';
import type { Configuration } from '@drover/cloud-config';
import type { ByteSink, Process, SystemHost } from '@drover/host';
import { pump } from '@drover/host';
import { writeKernelLog } from '../boot/boot-log.ts';
import { SHOWN_LINE } from '../boot/kernel-line.ts';
import { CONSOLE_DONE } from '../names.ts';
import { withProxies } from '../network/proxies.ts';
import { ENGINE, engineEnvironment, findProgram } from './engine-files.ts';
import { CONTAINERD_SOCKET, graphOf, renderContainerdConfig, renderDockerdArgs } from './render-docker-command.ts';

const CONTAINERD_CONFIG = '/run/docker/containerd/containerd.toml';
/** RancherOS's sign that User Docker has been started in this boot. */
export const DOCKER_DONE = '/run/docker-done';
/** Where Docker finds its runtime before all others, when containers must not see the whole kernel line. */
const RUNTIME = '/run/ros/runtime';
const ROS = '/usr/lib/ros/ros';
const LOG = '/var/log/docker.log';
const LOG_LIMIT_BYTES = 10 << 20;
const CONSOLE_TIMEOUT_MS = 120_000;
const CONTAINERD_GRACE_MS = 5000;

export async function runEngine(host: SystemHost, config: Configuration): Promise<number> {
  const options = config.rancher.docker;
  const { files, children, clock } = host;
  const env = engineEnvironment([...withProxies(host.processes.environment(), config.rancher), ...(options.environment ?? [])], prepareRuntime(host));
  const dockerd = findProgram(files, 'dockerd');
  if (dockerd === undefined) throw new RosError('no-dockerd', 'there is no dockerd in the storage context', { hint: 'put one into /usr/local/bin, or restart the console: sudo system-docker restart console' });
  files.makeDirectory('/run/docker/containerd', 0o711);
  files.remove('/run/docker.pid');
  rotate(host);
  const output = openOutput(host);
  const served = { ...options, tls: options.tls && (await prepareTls(host, options, output)) };

  // An engine of the user's own brings its own containerd, or names one.
  const containerd = options.containerd === undefined && dockerd.startsWith('/var/lib/rancher/engine/') ? findProgram(files, 'containerd') : undefined;
  const processes: Process[] = [];
  if (containerd !== undefined) {
    files.write(CONTAINERD_CONFIG, renderContainerdConfig(graphOf(options)));
    processes.push(start(host, [containerd, '--config', CONTAINERD_CONFIG], env, output));
  }
  await waitForConsole(host);
  files.write(DOCKER_DONE, 'docker\n');
  const args = renderDockerdArgs(served, config.rancher.debug, containerd === undefined ? undefined : CONTAINERD_SOCKET);
  const daemon = start(host, [dockerd, ...args], env, output);
  children.onSignal(['TERM', 'INT'], () => daemon.kill('TERM'));
  const ended = await Promise.race([daemon.wait(), ...processes.map((child) => child.wait().then((exit) => ({ ...exit, early: true })))]);
  if ('early' in ended) {
    await output.write(encodeUtf8('containerd ended; stopping dockerd so that both start again\n'));
    daemon.kill('TERM');
    await daemon.wait();
  }
  for (const child of processes) {
    child.kill('TERM');
    const done = await Promise.race([child.wait().then(() => true), clock.sleep(CONTAINERD_GRACE_MS).then(() => false)]);
    if (!done) child.kill('KILL');
  }
  return ended.code;
}

/** False when it cannot be: then Docker runs without a port, which is safe, instead of not at all. */
async function prepareTls(host: SystemHost, options: Configuration['rancher']['docker'], output: ByteSink): Promise<boolean> {
  try {
    const { prepareServer } = await import('./docker-tls.ts');
    await prepareServer(host, options);
    return true;
  } catch (error) {
    const text = `rancher.docker.tls: ${explain(error)}; Docker starts without TLS and without its port`;
    await output.write(encodeUtf8(`${text}\n`));
    writeKernelLog(host.files, 'error', text);
    return false;
  }
}

/** The folder of our own `runc`; undefined when nothing is hidden, or with a runtime that is not ours to stand before. */
function prepareRuntime({ files }: SystemHost): string | undefined {
  if (!files.exists(SHOWN_LINE) || !files.exists(ROS) || findProgram(files, 'runc') !== `${ENGINE}/runc`) return undefined;
  files.makeDirectory(RUNTIME);
  files.remove(`${RUNTIME}/runc`);
  files.symlink(ROS, `${RUNTIME}/runc`);
  return RUNTIME;
}

function start(host: SystemHost, argv: readonly string[], env: readonly string[], output: ByteSink): Process {
  const { read, write } = host.children.pipe();
  try {
    const child = host.children.start({ argv, env, descriptors: [[1, write], [2, write]] });
    pump(host.children.source(read), output).catch((error: unknown) => writeKernelLog(host.files, 'warning', `docker log: ${explain(error)}`));
    return child;
  } finally {
    host.children.closeDescriptor(write);
  }
}

/** To the container's own log and to /var/log/docker.log. A full disk costs log lines, never Docker. */
function openOutput(host: SystemHost): ByteSink {
  const own = host.children.sink(1);
  return {
    async write(bytes) {
      try {
        host.files.append(LOG, bytes);
      } catch {
        // no space: the container's log may still have some
      }
      await own.write(bytes);
    },
    close: () => undefined,
  };
}

function rotate({ files }: SystemHost): void {
  if ((files.stat(LOG)?.sizeBytes ?? 0) > LOG_LIMIT_BYTES) files.rename(LOG, `${LOG}.1`);
}

/** Scripts of the user that prepare storage run before Docker; a console that hangs must not keep Docker down forever. */
async function waitForConsole(host: SystemHost): Promise<void> {
  const deadline = host.clock.monotonic() + CONSOLE_TIMEOUT_MS;
  while (!host.files.exists(CONSOLE_DONE) && host.clock.monotonic() < deadline) await host.clock.sleep(20);
}
