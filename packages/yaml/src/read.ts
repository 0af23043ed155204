// Entry point of the part that parses text: reach it with a dynamic import where there may be nothing to parse.

export { keyHint } from './read/read-scalars.ts';
export { parseDocuments, parseYaml } from './read/parse-yaml.ts';
export type { ParseOptions, YamlDocuments, YamlResult } from './read/parse-yaml.ts';
