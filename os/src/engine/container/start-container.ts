// Starting a container: prepare its file system and specification, create it through conmon, connect who waits for its
// output, let it run. On the way every step that fails leaves nothing behind.

import { codeOf, explain, join, messageOf } from '@drover/core';
import { apiError, inWords } from '../api-error.ts';
import type { Engine } from '../engine.ts';
import { beginHealth } from '../health/watch-health.ts';
import type { Image } from '../image/image-store.ts';
import { beginForwarding, isForwarded } from '../logs/begin-forwarding.ts';
import { AttachHub } from '../runtime/attach-hub.ts';
import { createThroughConmon } from '../runtime/conmon.ts';
import { deleteCrunContainer, startCreated } from '../runtime/crun.ts';
import { readProcessStart } from '../runtime/process-identity.ts';
import { explainStartFailure, findProgramPlace, renderCreateFailure } from '../runtime/start-failure.ts';
import { gatherSpec, sharedMemoryPath } from '../spec/gather-spec.ts';
import { parseIpcMode, parseNetworkMode } from '../spec/namespace-modes.ts';
import { planCapabilities } from '../spec/capabilities.ts';
import { renderSpec } from '../spec/render-spec.ts';
import type { SeccompFilter } from '../spec/seccomp.ts';
import { readSecurityOption } from '../spec/security-options.ts';
import { mountOverlay, overlayFolders } from '../storage/overlay.ts';
import type { Container } from './container.ts';
import { NO_PROCESS } from './container-record.ts';
import { refusalOf } from './container-states.ts';
import { removeStopped } from './remove-stopped.ts';
import { releaseRuntime, sendClientsAway } from './release-runtime.ts';

/** What a user asks for. Throws the refusals of the state table, and why it can't start. */
export async function startContainer(engine: Engine, container: Container): Promise<void> {
  let launched: Promise<void> | undefined;
  await engine.locks.run(container.id, async () => {
    const refusal = engine.containers.get(container.id) === container ? refusalOf('start', container.status, container.id, container.name) : apiError('not-found', `No such container: ${container.id}`);
    if (refusal !== undefined) throw refusal;
    container.lastDelayMs = 0;
    container.outcome = { ...container.outcome, restartCount: 0, manuallyStopped: false };
    launched = launch(engine, container);
    await launched.catch(() => undefined);
  });
  try {
    await launched;
  } catch (error) {
    // The client of --rm waits for its removal, whether it ever ran or not.
    if (container.record.hostConfig.AutoRemove === true && !container.restartedByHand) await removeStopped(engine, container, { volumes: true });
    throw error;
  }
}

/** Under the container's lock. Throws an API error; the container is then what it was before, with the error noted. */
export async function launch(engine: Engine, container: Container): Promise<void> {
  try {
    const { pid, monitorPid } = await create(engine, container);
    await connectClients(engine, container);
    await startCreated(engine, container.id);
    noteRunning(engine, container, pid, monitorPid);
  } catch (error) {
    throw await noteFailure(engine, container, error);
  }
}

async function create(engine: Engine, container: Container): Promise<{ pid: number; monitorPid: number }> {
  const { host, paths } = engine;
  const bundle = paths.bundle(container.id);
  await takeNetworks(engine, container);
  host.files.remove(join(paths.exits, container.id));
  if (isForwarded(container)) await (await import('../logs/forward-log.ts')).prepareForwarding(engine, container);
  prepareMountSources(engine, container);
  prepareSharedMemory(engine, container);
  const rootPath = mountOverlay(host, paths, container.id, requireLayers(engine, container));
  const seccomp = await planFilter(engine, container);
  const spec = renderSpec({ ...gatherSpec(engine, container, rootPath), ...(seccomp !== undefined && { seccomp }) });
  host.files.replace(join(bundle, 'config.json'), JSON.stringify(spec), { mode: 0o600 });
  const created = await createThroughConmon(engine, container);
  if (container.run?.network !== undefined) await (await import('../network/join-networks.ts')).connectNetworks(engine, container, created.pid);
  return created;
}

/** Saves the run, with its places on bridges when it asks for any. */
async function takeNetworks(engine: Engine, container: Container): Promise<void> {
  const { record } = container;
  if (parseNetworkMode(record.hostConfig.NetworkMode).kind === 'network' && record.config.NetworkDisabled !== true) await (await import('../network/join-networks.ts')).joinNetworks(engine, container);
  else engine.containers.saveRun(container, { phase: 'creating', ...NO_PROCESS });
}

/** Undefined for no filter. */
async function planFilter({ host, capabilities: own }: Engine, { record }: Container): Promise<SeccompFilter | undefined> {
  const { Privileged: privileged, CapAdd: add, CapDrop: drop } = record.hostConfig;
  const chosen = readSecurityOption(record.hostConfig, 'seccomp') ?? 'builtin';
  if (privileged === true || chosen === 'unconfined') return undefined;
  const capabilities = planCapabilities({ privileged: false, add: add ?? [], drop: drop ?? [], own });
  const { defaultFilter, parseProfile } = await import('../spec/seccomp.ts');
  return ['builtin', ''].includes(chosen) ? defaultFilter(capabilities, host.kernel.machine) : parseProfile(chosen, capabilities, host.kernel.machine);
}

export function requireLayers(engine: Engine, container: Container): readonly string[] {
  return requireImage(engine, container).layers;
}

export function requireImage(engine: Engine, container: Container): Image {
  const image = engine.images.get(container.record.imageId);
  if (image === undefined) throw apiError('not-found', `No such image: ${container.record.imageId}`, { hint: 'create the container again from an image that is there' });
  return image;
}

function prepareMountSources({ host, volumes }: Engine, container: Container): void {
  for (const mount of container.record.mounts) {
    if (mount.type === 'volume' && mount.name !== undefined) volumes.create(mount.name);
    if (mount.type !== 'bind' || host.files.exists(mount.source)) continue;
    if (!mount.createSource) throw apiError('invalid-parameter', `invalid mount config for type "bind": bind source path does not exist: ${mount.source}`);
    host.files.makeDirectory(mount.source);
  }
}

/** A /dev/shm that other containers may join is a mount of the engine's. */
function prepareSharedMemory(engine: Engine, container: Container): void {
  const { hostConfig } = container.record;
  if (parseIpcMode(hostConfig.IpcMode).kind !== 'shareable') return;
  const path = sharedMemoryPath(engine, container.id);
  engine.host.files.makeDirectory(path);
  const size = hostConfig.ShmSize === undefined || hostConfig.ShmSize <= 0 ? 64 << 20 : hostConfig.ShmSize;
  engine.host.mounts.mount({ source: 'shm', target: path, type: 'tmpfs', flags: ['nosuid', 'nodev', 'noexec'], data: `mode=1777,size=${size}` });
}

/** Before the process runs: those who attached early miss nothing. */
async function connectClients(engine: Engine, container: Container): Promise<void> {
  if (container.waitingClients.size === 0) return;
  const hub = await AttachHub.open(engine.host, engine.paths.attachSocket(container.id), container.inputEndsWithClient);
  container.hub = hub;
  for (const client of container.waitingClients) hub.add(client);
  container.waitingClients.clear();
  container.connected.reach();
}

function noteRunning(engine: Engine, container: Container, pid: number, monitorPid: number): void {
  const { files, clock } = engine.host;
  const startedAt = new Date(clock.now()).toISOString();
  const pidStart = readProcessStart(files, pid) ?? '';
  const monitorStart = readProcessStart(files, monitorPid) ?? '';
  engine.containers.saveRun(container, { ...container.run!, phase: 'running', pid, pidStart, monitorPid, monitorStart, startedAt, paused: false });
  container.outcome = { ...container.outcome, startedAt, exitCode: 0, error: '', oomKilled: false };
  engine.containers.saveOutcome(container);
  container.transition('started');
  beginHealth(engine, container);
  beginForwarding(engine, container);
  engine.events.publishContainer('start', container);
}

async function noteFailure(engine: Engine, container: Container, error: unknown): Promise<Error> {
  const { exitCode, failure } = toApiError(engine, container, error);
  engine.log.error(`starting the container failed: ${explain(error)}`, { container: container.id, name: container.name });
  sendClientsAway(container);
  await deleteCrunContainer(engine, container.id);
  container.outcome = { ...container.outcome, exitCode, error: failure.message };
  engine.containers.saveOutcome(container);
  releaseRuntime(engine, container);
  return failure;
}

function toApiError(engine: Engine, container: Container, error: unknown): { exitCode: number; failure: Error } {
  const code = codeOf(error);
  if (code === 'create-failed' || code === 'crun-failed') {
    const { path } = container.record;
    const place = findProgramPlace(engine.host.files, overlayFolders(engine.paths, container.id).merged, path);
    const { exitCode, isUsersMistake, message } = explainStartFailure(messageOf(error), path, place);
    return { exitCode, failure: apiError(isUsersMistake ? 'invalid-parameter' : 'system', renderCreateFailure(message), { cause: error }) };
  }
  const known = code === 'invalid-parameter' || code === 'not-found' || code === 'conflict' || code === 'forbidden';
  return { exitCode: 128, failure: apiError(known ? code : 'system', known ? messageOf(error) : inWords(error), { cause: error }) };
}
