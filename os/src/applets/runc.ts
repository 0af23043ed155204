// `runc`: stands between User Docker and its runtime, where the kernel line has words behind `--` and only there (see
// boot/kernel-line.ts). Gives each container the line that everybody sees, then becomes the runtime.

import type { Files } from '@drover/host';
import type { AppletContext } from '../applet.ts';
import { KERNEL_LINE, SHOWN_LINE } from '../boot/kernel-line.ts';
import { ENGINE } from '../docker/engine-files.ts';

export function main({ host, args }: AppletContext): Promise<number> {
  const bundle = bundleOf(args);
  if (bundle !== undefined) hideWords(host.files, `${bundle}/config.json`);
  return host.kernel.exec(`${ENGINE}/runc`, ['runc', ...args], [...host.processes.environment()]);
}

/** The folder of a container that is made; undefined for every other command. */
function bundleOf(args: readonly string[]): string | undefined {
  if (!args.includes('create') && !args.includes('run')) return undefined;
  const at = args.findIndex((word) => word === '--bundle' || word === '-b');
  return at < 0 ? undefined : args[at + 1];
}

/** Behind the mount of /proc, which it covers a part of. */
function hideWords(files: Files, path: string): void {
  const spec = JSON.parse(files.readText(path)) as { mounts?: readonly object[] };
  const line = { destination: KERNEL_LINE, type: 'bind', source: SHOWN_LINE, options: ['bind', 'ro'] };
  files.replace(path, JSON.stringify({ ...spec, mounts: [...(spec.mounts ?? []), line] }));
}
