export { createNodeHost, nodeClock } from './node-host.ts';
