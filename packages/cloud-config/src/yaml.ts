// Entry point of the part that parses text: reach it with a dynamic import where there may be nothing to parse.

export { checkTree } from './check/check-tree.ts';
export type { CheckResult } from './check/check-tree.ts';
export { renderYaml } from './edit/render-yaml.ts';
export { mergeRawTexts, parseCloudConfig, parseRaw } from './parse-cloud-config.ts';
export type { ParseOptions } from './parse-cloud-config.ts';
export { expandUserData } from './user-data/expand-user-data.ts';
