// A user's mistakes in something they wrote: collected with their position, never thrown, shown all at once.

import { escapeControls, shorten } from './quote-text.ts';

export interface Problem {
  /** A closed set per area, e.g. `yaml-syntax`, `unknown-key`. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  /** A sentence without a full stop. */
  readonly message: string;
  /** Where: a path, a URL, or a name such as "kernel command line". */
  readonly source: string;
  /** From 1; a problem of the file as a whole has neither. */
  readonly line?: number;
  readonly column?: number;
  /** Dotted key, e.g. `rancher.state.dev`. */
  readonly key?: string;
  /** What to do, as an imperative sentence. */
  readonly hint?: string;
}

/** A dotted key that is longer is cut, here and where a message names it. */
export const KEY_LIMIT = 120;
const SENTENCE_LIMIT = 400;

/** One or two lines: `FILE:3:7: error: message`, then the hint. Whatever a stranger wrote into a key: nothing in it that a terminal acts on. */
export function renderProblem(problem: Problem): string {
  const shown = (text: string, limit: number): string => shorten(escapeControls(text.slice(0, limit)), limit);
  const place = [shown(problem.source, SENTENCE_LIMIT), problem.line, problem.column].filter((part) => part !== undefined).join(':');
  const message = shown(problem.message, SENTENCE_LIMIT);
  const name = shown(problem.key ?? '', KEY_LIMIT);
  const key = message.includes(name) ? '' : ` (${name})`;
  const hint = problem.hint === undefined ? '' : `\n  hint: ${shown(problem.hint, SENTENCE_LIMIT)}`;
  return `${place}: ${problem.severity}: ${message}${key}${hint}`;
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === 'error');
}
