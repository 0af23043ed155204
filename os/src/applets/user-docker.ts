// `ros user-docker`: the docker container's command. Goes into the file system of the storage context (by default the
// console), so that `docker run -v /foo:/foo` means the /foo that people see there, and runs the engine.

import { RosError } from '@drover/core';
import { DockerClient } from '@drover/docker-api';
import type { Configuration } from '@drover/cloud-config';
import type { Host } from '@drover/host';
import type { AppletContext } from '../applet.ts';
import { readRunningConfiguration } from '../boot/running-configuration.ts';
import { DOCKER_DONE, runEngine } from '../docker/run-engine.ts';
import { SYSTEM_DOCKER_SOCKET } from '../names.ts';

const LIMIT_MS = 60_000;

export async function main({ host }: AppletContext): Promise<number> {
  const config = await readConfiguration(host);
  const context = config.rancher.docker.storage_context ?? 'console';
  const client = new DockerClient(host, SYSTEM_DOCKER_SOCKET);
  const deadline = host.clock.monotonic() + LIMIT_MS;
  for (;;) {
    const pid = (await client.inspectContainer(context))?.State.Pid ?? 0;
    if (pid > 0) {
      host.kernel.joinNamespaces(pid, ['mnt']);
      return runEngine(host, config);
    }
    if (host.clock.monotonic() > deadline) {
      throw new RosError('no-storage-context', `the storage context "${context}" is not running`, { hint: 'set rancher.docker.storage_context to a running system container' });
    }
    await host.clock.sleep(50);
  }
}

/** At boot, what the boot has just read; after `system-docker restart docker`, what is written now. */
async function readConfiguration(host: Pick<Host, 'files'>): Promise<Configuration> {
  if (!host.files.exists(DOCKER_DONE)) return readRunningConfiguration(host);
  const { loadEverything } = await import('../command/config/config-store.ts');
  return (await loadEverything(host)).config;
}
