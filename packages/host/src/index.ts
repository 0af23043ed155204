export type * from './host.ts';
export type * from './system-host.ts';
export { withDeadline } from './deadline.ts';
export { FakeFiles, kernelError } from './fake-files.ts';
export { FakeClock, FakeHost, FakeProcesses, FakeSockets } from './fake-host.ts';
export type { FakeDatagramServer, FakeProgram } from './fake-host.ts';
export { withLock } from './with-lock.ts';
export type { LockHost } from './with-lock.ts';
export { ByteQueue, concatBytes, connectionPair, pump, readAll, readAllText, readLines } from './streams.ts';
