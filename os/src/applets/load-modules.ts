// `ros load-modules NAME...`: loads modules of the initrd, then whatever the devices they bring ask for. A process of
// its own because some drivers look at their ports for seconds.

import { explain } from '@drover/core';
import type { AppletContext } from '../applet.ts';
import { writeKernelLog } from '../boot/boot-log.ts';
import { ModuleLoader, MODULES_FOLDER, MODULES_LOADING, readModuleIndex } from '../boot/modules.ts';

export function main({ host, args }: AppletContext): Promise<number> {
  const loader = new ModuleLoader(host, readModuleIndex(host), MODULES_FOLDER);
  const fail = (name: string, error: unknown): void => writeKernelLog(host.files, 'warning', `module ${name}: ${explain(error)}`);
  try {
    for (const name of args) {
      try {
        loader.load(name);
      } catch (error) {
        fail(name, error);
      }
    }
    loader.loadForDevices(fail);
  } finally {
    // PID 1 went on without us and left us our files.
    if (host.files.lstat('/init') === undefined) for (const path of [MODULES_FOLDER, `${MODULES_FOLDER}.json`]) host.files.removeTree(path);
    host.files.remove(MODULES_LOADING);
  }
  return Promise.resolve(0);
}
