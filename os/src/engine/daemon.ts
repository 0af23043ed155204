// System Docker: the daemon. Puts the engine together, finds out what it left when it last ended, listens. It may be
// killed at any time: containers don't notice, and the next start goes on from where this one was.

import { encodeHex, KeyedLock, RosError } from '@drover/core';
import type { SystemHost } from '@drover/host';
import type { AppletContext } from '../applet.ts';
import { reportFailure, reportUsage } from '../applet.ts';
import { VERSION } from '../version.ts';
import { serveApi } from './api/serve-api.ts';
import { watchExits } from './container/container-exits.ts';
import { ContainerStore } from './container/container-store.ts';
import { recoverContainers } from './container/recover-containers.ts';
import type { DaemonFlags } from './daemon-flags.ts';
import { parseDaemonFlags, renderDaemonUsage } from './daemon-flags.ts';
import type { Engine } from './engine.ts';
import { EngineLog } from './engine-log.ts';
import { EnginePaths } from './engine-paths.ts';
import { EventBus } from './event-bus.ts';
import { ExecStore } from './exec/exec-store.ts';
import { ImageFiles } from './image/image-files.ts';
import { ImageStore } from './image/image-store.ts';
import { readPreload } from './image/preload.ts';
import { LogKeeper } from './logs/log-keeper.ts';
import { BridgeTable } from './network/bridge-table.ts';
import { NetworkStore } from './network/network-store.ts';
import { readProcessStart } from './runtime/process-identity.ts';
import { findPrograms } from './runtime/programs.ts';
import { parseCapabilities } from './spec/capabilities.ts';
import { prepareOverlay } from './storage/overlay.ts';
import { VolumeStore } from './volume/volume-store.ts';

export async function runDaemon(context: AppletContext): Promise<number> {
  const flags = parseDaemonFlags(context.args);
  if (flags === 'help') {
    context.terminal.out(renderDaemonUsage());
    return 0;
  }
  if ('problem' in flags) return reportUsage(context, flags.problem, renderDaemonUsage());
  try {
    return await serve(context, flags);
  } catch (error) {
    return reportFailure(context, error);
  }
}

/** Resolves to the exit code when the daemon is told to end. */
async function serve({ host, terminal }: AppletContext, flags: DaemonFlags): Promise<number> {
  if (host.processes.uid !== 0) throw new RosError('not-root', 'System Docker needs root', { hint: 'run it with sudo' });
  const log = new EngineLog((text) => terminal.err(text), () => host.clock.now(), flags.logLevel);
  claimPidFile(host, flags.pidFile);
  const ended = new Promise<number>((resolve) => {
    // At once, and leaving the containers to run: stopping them is the business of who stops the system.
    host.children.onSignal(['TERM', 'INT'], () => resolve(0));
  });
  host.kernel.setUmask(0o022);
  const engine = await startEngine(host, log, flags);
  const listeners = flags.sockets.map((unix) => host.sockets.listen({ unix }, (connection) => void serveApi(engine, connection), { mode: 0o600 }));
  log.info('System Docker is ready', { version: VERSION, sockets: flags.sockets.join(','), containers: engine.containers.list().length, images: engine.images.list().length });
  const code = await ended;
  for (const listener of listeners) listener.close();
  host.files.remove(flags.pidFile);
  log.info('System Docker ends; its containers run on');
  return code;
}

/** Two engines on one data root would ruin it. */
function claimPidFile({ files, processes }: SystemHost, path: string): void {
  const pid = Number((files.readTextIfPresent(path) ?? '').trim());
  const runs = Number.isInteger(pid) && pid > 0 && pid !== processes.pid && readProcessStart(files, pid) !== undefined;
  if (runs && isDaemon(files.readTextIfPresent(`/proc/${pid}/cmdline`) ?? '')) {
    throw new RosError('already-running', `process with PID ${pid} is still running`, { hint: `stop it first; its PID file is ${path}` });
  }
  files.replace(path, `${processes.pid}\n`);
}

function isDaemon(commandLine: string): boolean {
  return commandLine.split('\0').includes('daemon');
}

async function startEngine(host: SystemHost, log: EngineLog, flags: DaemonFlags): Promise<Engine> {
  const paths = new EnginePaths(flags.dataRoot, flags.execRoot);
  for (const path of [paths.dataRoot, paths.overlay]) host.files.makeDirectory(path, 0o710);
  for (const path of [paths.execRoot, paths.crun, paths.exits, paths.sockets, paths.bundles]) host.files.makeDirectory(path, 0o700);
  const engine: Engine = {
    host,
    paths,
    log,
    programs: findPrograms(host),
    locks: new KeyedLock(),
    events: new EventBus(host.clock),
    images: loadImages(host, log, flags.preload),
    imageFiles: new ImageFiles(host, paths),
    layerClaims: new Map(),
    volumes: new VolumeStore(host, paths),
    networks: new NetworkStore(host, paths, log),
    bridges: new BridgeTable(host, paths),
    containers: new ContainerStore(host, paths, log),
    execs: new ExecStore(host.clock),
    engineId: readEngineId(host, paths),
    registries: { insecure: flags.insecureRegistries, mirrors: flags.registryMirrors },
    capabilities: parseCapabilities(host.files.readText('/proc/self/status')),
  };
  prepareOverlay(host, paths);
  engine.imageFiles.load(engine.images, log);
  engine.volumes.load(log);
  engine.containers.load();
  watchExits(engine); // before looking: an end between the two would be missed
  await recoverContainers(engine);
  if (!engine.bridges.isEmpty) log.background('clearing up networks', import('./network/sync-networks.ts').then(({ syncNetworks }) => syncNetworks(engine)));
  log.background('looking after the logs', new LogKeeper(engine).run());
  return engine;
}

function loadImages(host: SystemHost, log: EngineLog, directory: string | undefined): ImageStore {
  const store = new ImageStore();
  if (directory === undefined) return store;
  const { images, problems } = readPreload(host.files, directory);
  for (const image of images) store.add(image);
  for (const problem of problems) log.error(`${problem.source}: ${problem.message}`);
  return store;
}

function readEngineId(host: SystemHost, paths: EnginePaths): string {
  const known = host.files.readTextIfPresent(paths.engineId)?.trim();
  if (known !== undefined && /^[0-9a-f-]{36}$/.test(known)) return known;
  const hex = encodeHex(host.random(16));
  const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  host.files.writeAtomic(paths.engineId, `${id}\n`);
  return id;
}

