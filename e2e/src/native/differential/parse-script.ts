// Scripts of docker commands that are run against two engines. A text file:
//   # a comment
//   ## the title of a case: it begins without containers, volumes and images of others
//   $ docker ps -a            a line for the shell; $IMAGE is the image
//   ~ why it differs          the command above answers differently on purpose

import { RosError } from '@drover/core';

export interface ScriptCommand {
  readonly line: number;
  readonly command: string;
  /** Why System Docker answers differently, when it may. */
  readonly differs: string | undefined;
}

export interface ScriptCase {
  readonly title: string;
  readonly commands: readonly ScriptCommand[];
}

interface OpenCase {
  readonly title: string;
  readonly commands: { line: number; command: string; differs: string | undefined }[];
}

/** Throws `script-syntax`. */
export function parseScript(text: string, file: string): ScriptCase[] {
  const cases: OpenCase[] = [];
  text.split('\n').forEach((raw, index) => {
    const refuse = (why: string): never => {
      throw new RosError('script-syntax', `${file}:${index + 1}: ${why}: ${raw}`);
    };
    const [, mark = '', rest = ''] = /^(##|#|\$|~) ?(.*)$/.exec(raw) ?? [];
    const last = cases.at(-1);
    if (raw.trim() === '' || mark === '#') return;
    if (mark === '##') cases.push({ title: rest, commands: [] });
    else if (mark === '$' && last !== undefined) last.commands.push({ line: index + 1, command: rest, differs: undefined });
    else if (mark === '~' && last?.commands.at(-1) !== undefined && rest !== '') last.commands.at(-1)!.differs = rest;
    else refuse(mark === '' ? 'not a line of a script' : 'nothing stands above it');
  });
  return cases;
}
