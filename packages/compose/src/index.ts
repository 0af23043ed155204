// Compose files: load, validate, model, observe, plan, apply.

export type { LoadOptions, LoadResult } from './load/load-project.ts';
export { loadProject } from './load/load-project.ts';
export type { TextFile } from './load/text-file.ts';
export * from './names.ts';
export type { FileObject, Network, Project, Volume } from './model/project.ts';
export type { Service } from './model/service.ts';
export type { Build, Dependency, DependencyCondition, Deploy, FileMount, Healthcheck, Hook, Mount, Port, ServiceNetwork } from './model/service-parts.ts';
export { normalizeProjectName } from './model/project.ts';
export { replicasOf } from './model/service.ts';
export { configHash } from './model/config-hash.ts';
export { renderConfig, renderConfigJson } from './model/render-config.ts';
export type { ComposeProblem, ComposeProblemCode } from './problem.ts';
export { withoutUnused } from './model/without-unused.ts';
export type { Observed, ObservedContainer, ObservedContainers } from './observe/observe.ts';
export { imageOf, observe, observeContainers } from './observe/observe.ts';
export type { DownOptions, EachOptions, RemoveOptions } from './plan/plan-each.ts';
export { planDown, planKill, planPause, planRemove, planRestart, planStart, planStop, planUnpause } from './plan/plan-each.ts';
export type { UpOptions } from './plan/planning.ts';
export { orphansOf, planUp } from './plan/plan-up.ts';
export type { Action, Plan, Step } from './plan/step.ts';
export { renderPlan } from './plan/step.ts';
export type { Applied, ApplyOptions, Progress, StepState } from './apply/apply-plan.ts';
export { applyPlan } from './apply/apply-plan.ts';
export type { BuildChanges, Logins } from './apply/execute-action.ts';
export type { CommandIo } from './command/session.ts';
export { runCommand } from './command/run-command.ts';
