export { createNodeHost, nodeClock } from './node-host.ts';
export type { Behaviour } from './behaviour/behaviour.ts';
export { hostBehaviours } from './behaviour/index.ts';
