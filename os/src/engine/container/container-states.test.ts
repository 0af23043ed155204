import type { ContainerStatus } from '@drover/docker-api';
import { equal, rejects, test } from '@drover/testing';
import { statusOf } from '../api-error.ts';
import type { ContainerRequest } from './container-states.ts';
import { nextStatus, refusalOf, REQUESTS, TRANSITIONS } from './container-states.ts';

const STATES = Object.keys(TRANSITIONS) as ContainerStatus[];

test('the transitions of a container are these', () => {
  const lines = STATES.map((state) => `${state}: ${Object.entries(TRANSITIONS[state]).map(([event, next]) => `${event} -> ${next}`).join(', ')}`);
  equal(
    `${lines.join('\n')}\n`,
    `created: started -> running, removing -> removing
running: exited -> exited, will-restart -> restarting, paused -> paused
paused: exited -> exited, will-restart -> restarting, unpaused -> running
restarting: started -> running, exited -> exited, removing -> removing
exited: started -> running, removing -> removing
removing: remove-failed -> dead
dead: removing -> removing
`,
  );
});

test('an event that a state does not know is our mistake', async () => {
  await rejects(() => nextStatus('created', 'exited'), 'impossible-transition');
});

test('what may be asked in which state, by the status of the answer', () => {
  const lines = (Object.keys(REQUESTS) as ContainerRequest[]).map((request) => {
    const cells = STATES.map((state) => {
      const refusal = refusalOf(request, state, 'ID', 'name');
      return refusal === undefined ? 'go' : String(statusOf(refusal));
    });
    return `${request.padEnd(8)}${cells.map((cell) => cell.padEnd(4)).join('')}`.trim();
  });
  equal(
    `${'request'.padEnd(8)}${STATES.map((state) => state.slice(0, 3).padEnd(4)).join('')}`.trim() + `\n${lines.join('\n')}\n`,
    `request cre run pau res exi rem dea
start   go  304 409 304 go  409 409
stop    304 go  go  go  304 304 304
kill    409 go  go  go  409 409 409
pause   409 go  409 409 409 409 409
unpause 500 500 go  500 500 500 500
remove  go  409 409 409 go  409 go
exec    409 go  409 409 409 409 409
attach  go  go  409 409 go  409 409
resize  409 go  go  409 409 409 409
top     409 go  go  409 409 409 409
`,
  );
});

test('refusals are worded as moby words them', () => {
  equal(refusalOf('remove', 'paused', 'ID', 'web')?.message, 'cannot remove container "/web": container is paused and must be unpaused first');
  equal(refusalOf('remove', 'running', 'ID', 'web')?.message, 'cannot remove container "/web": container is running: stop the container before removing or force remove');
  equal(refusalOf('exec', 'exited', 'ID', 'web')?.message, 'container ID is not running');
});
