// `ros user-docker`: the docker container's command. Goes into the file system of the storage context (by default the
// console), so that `docker run -v /foo:/foo` means the /foo that people see there, and runs the engine.

import { RosError } from '@drover/core';
import { DockerClient } from '@drover/docker-api';
import type { AppletContext } from '../applet.ts';
import { readRunningConfiguration } from '../boot/configuration.ts';
import { runEngine } from '../docker/run-engine.ts';
import { SYSTEM_DOCKER_SOCKET } from '../names.ts';

const LIMIT_MS = 60_000;

export async function main({ host }: AppletContext): Promise<number> {
  const config = readRunningConfiguration(host);
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
