// A user's mistakes in something they wrote: collected with their position, never thrown, shown all at once.

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

/** One or two lines: `FILE:3:7: error: message`, then the hint. */
export function renderProblem(problem: Problem): string {
  const place = [problem.source, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  const key = problem.key === undefined || problem.message.includes(problem.key) ? '' : ` (${problem.key})`;
  const hint = problem.hint === undefined ? '' : `\n  hint: ${problem.hint}`;
  return `${place}: ${problem.severity}: ${problem.message}${key}${hint}`;
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === 'error');
}
