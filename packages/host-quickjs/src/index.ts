export { createQuickjsHost } from './quickjs-host.ts';
export { compactMemory, exitLoop, onUnhandledRejection, startup } from './program.ts';
