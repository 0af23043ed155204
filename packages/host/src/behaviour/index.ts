import type { Behaviour } from './behaviour.ts';
import { clockBehaviours } from './clock.ts';
import { fileBehaviours } from './files.ts';
import { processBehaviours } from './processes.ts';
import { socketBehaviours } from './sockets.ts';

export const hostBehaviours: readonly Behaviour[] = [...fileBehaviours, ...processBehaviours, ...socketBehaviours, ...clockBehaviours];
