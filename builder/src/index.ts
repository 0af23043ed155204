export { openWorkspace } from './workspace.ts';
export type { Workspace } from './workspace.ts';
export { runCommand } from './run-command.ts';
