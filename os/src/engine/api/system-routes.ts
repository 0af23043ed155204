// /_ping, /version, /info, /auth.

import { HttpHeaders } from '@drover/docker-api';
import type { VersionInfo } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import type { Engine } from '../engine.ts';
import { architectureOf } from '../image/image-config.ts';
import { VERSION } from '../../version.ts';
import type { Handler, Routes } from './api-request.ts';
import { API_NEWEST, API_OLDEST, defineRoutes } from './api-request.ts';

const ping: Handler = (_, request) => {
  const headers = HttpHeaders.of({ 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-cache, no-store, must-revalidate', 'Pragma': 'no-cache' });
  return request.exchange.respond(200, headers, request.exchange.head.method === 'HEAD' ? '' : 'OK');
};

const version: Handler = async (engine, request) => {
  const { kernel } = engine.host;
  const info: VersionInfo = {
    Platform: { Name: 'Drover System Docker' },
    Components: [
      { Name: 'Engine', Version: VERSION, Details: { ApiVersion: `1.${API_NEWEST}`, MinAPIVersion: `1.${API_OLDEST}`, Os: 'linux', Arch: architectureOf(kernel.machine), KernelVersion: kernel.release } },
      ...(await programVersions(engine)).map(([Name, Version]) => ({ Name, Version, Details: {} })),
    ],
    Version: VERSION,
    ApiVersion: `1.${API_NEWEST}`,
    MinAPIVersion: `1.${API_OLDEST}`,
    GitCommit: '',
    GoVersion: '',
    Os: 'linux',
    Arch: architectureOf(kernel.machine),
    KernelVersion: kernel.release,
    BuildTime: '',
  };
  await request.send(200, info);
};

async function programVersions({ host, programs }: Engine): Promise<[string, string][]> {
  const versions: [string, string][] = [];
  for (const [name, path] of [['crun', programs.crun], ['conmon', programs.conmon]] as const) {
    const { stdout } = await host.processes.run([path, '--version'], { timeoutMs: 5000 });
    versions.push([name, /version (\S+)/.exec(stdout)?.[1] ?? 'unknown']);
  }
  return versions;
}

const info: Handler = async (engine, request) => (await import('./render-info.ts')).sendInfo(engine, request);

const diskUsage: Handler = async (engine, request) => (await import('./prune.ts')).diskUsage(engine, request);

const auth: Handler = async (engine, request) => (await import('./registry-routes.ts')).login(engine, request);

const noSwarm: Handler = () => {
  throw apiError('unavailable', 'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.');
};

const noPlugins: Handler = (_, request) => request.send(200, []);

export const ROUTES: Routes = defineRoutes({
  'GET /_ping': ping,
  'HEAD /_ping': ping,
  'GET /version': version,
  'GET /info': info,
  'POST /auth': auth,
  'GET /system/df': diskUsage,
  'GET /plugins': noPlugins,
  ...Object.fromEntries(['swarm', 'services', 'nodes', 'tasks', 'secrets', 'configs'].map((area) => [`GET /${area}`, noSwarm])),
});
