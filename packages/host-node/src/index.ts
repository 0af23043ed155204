export { createNodeHost, nodeClock } from './node-host.ts';
export { sourceOf } from './node-streams.ts';
