/** A small project; its rendering is compared with what Docker Compose makes of it (expected.json). */
export interface CorpusCase {
  readonly name: string;
  /** Below the project's folder; compose.yaml is the first file. */
  readonly files: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly profiles?: readonly string[];
  /** In place of compose.yaml. */
  readonly use?: readonly string[];
}

export function project(name: string, compose: string, more: Omit<Partial<CorpusCase>, 'name'> = {}): CorpusCase {
  return { name, ...more, files: { 'compose.yaml': compose, ...more.files } };
}

/** One service with these keys, each a line at the least. */
export function service(name: string, keys: string, more: Omit<Partial<CorpusCase>, 'name'> = {}): CorpusCase {
  return project(name, `services:\n  web:\n    image: busybox\n${keys.replace(/^(?=.)/gm, '    ')}\n`, more);
}
