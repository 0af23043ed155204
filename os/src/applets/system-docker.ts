// `system-docker daemon [FLAGS]` runs System Docker; anything else is the docker command, on System Docker's socket.

import type { AppletContext } from '../applet.ts';
import { SYSTEM_DOCKER_SOCKET } from '../names.ts';

export async function main(context: AppletContext): Promise<number> {
  if (context.args[0] === 'daemon') {
    const { runDaemon } = await import('../engine/daemon.ts');
    return runDaemon({ ...context, args: context.args.slice(1) });
  }
  const { host, args } = context;
  const kept = host.processes.environment().filter((entry) => !/^DOCKER_(HOST|TLS|TLS_VERIFY|CERT_PATH|CONTEXT)=/.test(entry));
  const docker = ['/usr/bin/docker', '/usr/local/bin/docker'].find((path) => host.files.exists(path)) ?? '/usr/bin/docker';
  return host.kernel.exec(docker, ['docker', ...args], [...kept, `DOCKER_HOST=unix://${SYSTEM_DOCKER_SOCKET}`]);
}
