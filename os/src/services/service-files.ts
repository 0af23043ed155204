// `write_files` for containers other than the console: the service starts through `ros write-files`, which writes its
// files inside the container, with its users, and becomes the service. So they are there at each start, before anything
// reads them; a service without such files starts as it always does.

import { encodeHex, encodeUtf8 } from '@drover/core';
import type { FileEntry } from '../console/write-files.ts';
import { isForConsole } from '../console/write-files.ts';
import { LABEL } from '../names.ts';
import type { ServiceDefinition, Services } from './service.ts';

/** Where the machine keeps a service's entries, by its name; root's. */
export const SERVICE_FILES = '/run/ros/write-files';
/** Where the container sees them. */
const INSIDE = '/etc/write-files.json';
const ROS_FOLDER = '/usr/lib/ros';

export interface ServiceFilesPlan {
  readonly services: Services;
  /** Text of the file below SERVICE_FILES, by service. */
  readonly files: ReadonlyMap<string, string>;
  /** What cannot be done, for the log. */
  readonly problems: readonly string[];
}

/** `imageCommands`: what the image of a service runs, by service, for those that have no command of their own. */
export function planServiceFiles(services: Services, entries: readonly FileEntry[], imageCommands: ReadonlyMap<string, readonly string[]>, sha256: (bytes: Uint8Array) => Uint8Array): ServiceFilesPlan {
  const byService = new Map<string, FileEntry[]>();
  for (const entry of entries) if (!isForConsole(entry)) byService.set(entry.container, [...(byService.get(entry.container) ?? []), entry]);
  const planned: Record<string, ServiceDefinition> = { ...services };
  const files = new Map<string, string>();
  const problems: string[] = [];
  for (const [name, own] of byService) {
    const service = Object.hasOwn(services, name) ? services[name]! : undefined;
    const command = service?.command ?? imageCommands.get(name);
    if (service === undefined || command === undefined) {
      problems.push(`write_files: ${own.map(({ path }) => path ?? '').join(', ')}: there is no ${service === undefined ? 'service' : 'command for the service'} ${name}`);
      continue;
    }
    const text = JSON.stringify(own);
    files.set(name, text);
    planned[name] = wrap(name, service, command, encodeHex(sha256(encodeUtf8(text))).slice(0, 16));
  }
  return { services: planned, files, problems };
}

/** The hash makes a container anew when its files change: one that is gone from the configuration goes. */
function wrap(name: string, service: ServiceDefinition, command: readonly string[], hash: string): ServiceDefinition {
  const volumes = [`${SERVICE_FILES}/${name}.json:${INSIDE}:ro`];
  if (!(service.volumes ?? []).some((volume) => volume.split(':')[1] === ROS_FOLDER)) volumes.push(`${ROS_FOLDER}:${ROS_FOLDER}:ro`);
  return {
    ...service,
    command: [`${ROS_FOLDER}/ros`, 'write-files', INSIDE, ...command],
    volumes: [...(service.volumes ?? []), ...volumes],
    labels: { ...service.labels, [LABEL.filesHash]: hash },
  };
}
