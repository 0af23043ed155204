// System Docker: its parts, handed to every operation. No policy here; what the engine does stands in the folders.

import type { KeyedLock } from '@drover/core';
import type { SystemHost } from '@drover/host';
import type { ContainerStore } from './container/container-store.ts';
import type { EngineLog } from './engine-log.ts';
import type { EnginePaths } from './engine-paths.ts';
import type { EventBus } from './event-bus.ts';
import type { ExecStore } from './exec/exec-store.ts';
import type { LayerClaims } from './image/claim-layers.ts';
import type { ImageFiles } from './image/image-files.ts';
import type { ImageStore } from './image/image-store.ts';
import type { BridgeTable } from './network/bridge-table.ts';
import type { NetworkStore } from './network/network-store.ts';
import type { RegistrySettings } from './registry/registry-address.ts';
import type { Programs } from './runtime/programs.ts';
import type { VolumeStore } from './volume/volume-store.ts';

export interface Engine {
  readonly host: SystemHost;
  readonly paths: EnginePaths;
  readonly log: EngineLog;
  readonly programs: Programs;
  /** By container id: see the invariant in container.ts. */
  readonly locks: KeyedLock;
  readonly events: EventBus;
  readonly images: ImageStore;
  readonly imageFiles: ImageFiles;
  readonly layerClaims: LayerClaims;
  readonly volumes: VolumeStore;
  readonly networks: NetworkStore;
  readonly bridges: BridgeTable;
  readonly containers: ContainerStore;
  readonly execs: ExecStore;
  /** Stays the same for a data root. */
  readonly engineId: string;
  readonly registries: RegistrySettings;
  /** Its own. */
  readonly capabilities: readonly string[];
}
