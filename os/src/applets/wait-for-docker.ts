// `wait-for-docker`: blocks until User Docker answers.

import { DockerClient } from '@drover/docker-api';
import type { AppletContext } from '../applet.ts';
import { USER_DOCKER_SOCKET } from '../names.ts';

const LIMIT_MS = 300_000;

export async function main({ host, terminal }: AppletContext): Promise<number> {
  const client = new DockerClient(host, USER_DOCKER_SOCKET);
  const deadline = host.clock.monotonic() + LIMIT_MS;
  for (;;) {
    try {
      await client.ping({ timeoutMs: 5000 });
      terminal.out('Docker is ready\n');
      return 0;
    } catch {
      if (host.clock.monotonic() > deadline) {
        terminal.err(`failed to connect to ${USER_DOCKER_SOCKET} within ${LIMIT_MS / 1000} s\n  hint: sudo system-docker ps -a; /var/log/docker.log\n`);
        return 1;
      }
      await host.clock.sleep(100);
    }
  }
}
