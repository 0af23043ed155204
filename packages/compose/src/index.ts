// Compose files: load, validate, model, observe, plan, apply.

export type { LoadOptions, LoadResult } from './load/load-project.ts';
export { loadProject } from './load/load-project.ts';
export type { TextFile } from './load/text-file.ts';
export * from './names.ts';
export type { Build, Dependency, DependencyCondition, Deploy, FileMount, FileObject, Healthcheck, Mount, Network, Port, Project, Service, ServiceNetwork, Volume } from './model/project.ts';
export { normalizeProjectName, replicasOf } from './model/project.ts';
export { configHash } from './model/config-hash.ts';
export { renderConfig, renderConfigJson } from './model/render-config.ts';
export type { ComposeProblem, ComposeProblemCode } from './problem.ts';
