// crun's complaints about a container that can't start, in the words that docker's client and scripts look for
// ("executable file not found in $PATH" makes `docker run` exit with 127), and the exit code the container gets.

import type { Files } from '@drover/host';
import { resolveInRoot } from '../storage/scoped-path.ts';

export interface StartFailure {
  /** Of the container. */
  readonly exitCode: number;
  /** The user's mistake rather than ours. */
  readonly isUsersMistake: boolean;
  readonly message: string;
}

const EXIT_NOT_FOUND = 127;
const EXIT_NOT_EXECUTABLE = 126;
const EXIT_FAILED = 128;

interface Rule {
  readonly pattern: RegExp;
  readonly exitCode: number;
  /** From the match and the name of the program. */
  readonly words: (program: string, crun: string) => string;
}

// crun 1.21 also says "the path `/etc` is not a regular file", "the path `/etc/passwd` exists but it is not executable".
const RULES: readonly Rule[] = [
  {
    pattern: /executable file [`'"](.*)[`'"] not found/,
    exitCode: EXIT_NOT_FOUND,
    words: (program) => `exec: ${quote(program)}: ${program.includes('/') ? `stat ${program}: no such file or directory` : 'executable file not found in $PATH'}`,
  },
  { pattern: /(?:exec|open executable|executable).*: No such file or directory/i, exitCode: EXIT_NOT_FOUND, words: (program) => `exec ${program}: no such file or directory` },
  { pattern: /(?:exec|open executable|executable).*: Permission denied|is not executable/i, exitCode: EXIT_NOT_EXECUTABLE, words: (program) => `exec: ${quote(program)}: permission denied` },
  { pattern: /exec.*: Is a directory|is not a regular file/i, exitCode: EXIT_NOT_EXECUTABLE, words: (program) => `exec: ${quote(program)}: is a directory` },
  { pattern: /exec.*: Exec format error/i, exitCode: EXIT_FAILED, words: (program) => `exec ${program}: exec format error` },
  {
    pattern: /: Not a directory$/,
    exitCode: EXIT_NOT_FOUND,
    words: (_, crun) => `${crun}: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type`,
  },
];

function quote(text: string): string {
  return JSON.stringify(text);
}

/** What stands where the program should be, in the container's root: crun says "not found" to all of them. */
export type ProgramPlace = 'nothing' | 'directory' | 'file';

/** `program`: what was to be run. */
export function explainStartFailure(crunMessage: string, program: string, place: ProgramPlace): StartFailure {
  const text = crunMessage.trim().replace(/\s*\n\s*/g, '; ');
  const rule = RULES.find(({ pattern }) => pattern.test(text));
  if (rule?.exitCode === EXIT_NOT_FOUND && place !== 'nothing') {
    const why = place === 'directory' ? 'is a directory' : 'permission denied';
    return { exitCode: EXIT_NOT_EXECUTABLE, isUsersMistake: true, message: `exec: ${quote(program)}: ${why}` };
  }
  return { exitCode: rule?.exitCode ?? EXIT_FAILED, isUsersMistake: rule !== undefined, message: rule === undefined ? text : rule.words(program, text) };
}

/** `root`: where the container's root is mounted. */
export function findProgramPlace(files: Files, root: string, program: string): ProgramPlace {
  if (!program.startsWith('/')) return 'nothing';
  const status = files.lstat(resolveInRoot(files, root, program));
  if (status === undefined) return 'nothing';
  if (status.type === 'directory') return 'directory';
  return (status.mode & 0o111) === 0 ? 'file' : 'nothing'; // an executable one whose interpreter is missing
}

export function renderCreateFailure(words: string): string {
  return `failed to create task for container: failed to create shim task: OCI runtime create failed: crun create failed: unable to start container process: ${words}: unknown`;
}

export function renderExecFailure(words: string): string {
  return `OCI runtime exec failed: exec failed: unable to start container process: ${words}: unknown`;
}
