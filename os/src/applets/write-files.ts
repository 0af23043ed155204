// `ros write-files FILE COMMAND...`: how a service starts that `write_files` has files for. Writes them, then becomes
// the command. A wrong entry is reported in the service's log and keeps nothing from starting.

import { explain, RosError } from '@drover/core';
import type { AppletContext } from '../applet.ts';
import { execProgram } from '../command/exec-program.ts';
import type { FileEntry } from '../console/write-files.ts';
import { writeEntry } from '../console/write-files.ts';

export async function main({ host, args, terminal }: AppletContext): Promise<number> {
  const [file, ...command] = args;
  if (file === undefined || command.length === 0) throw new RosError('usage', 'usage: ros write-files FILE COMMAND...');
  for (const entry of JSON.parse(host.files.readText(file)) as FileEntry[]) {
    try {
      await writeEntry(host, entry);
    } catch (error) {
      terminal.err(`write_files, ${entry.path ?? 'an entry without path'}: ${explain(error)}\n`);
    }
  }
  return execProgram(host, command, host.processes.environment());
}
