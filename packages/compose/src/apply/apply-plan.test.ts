import { CancelSource, encodeUtf8, messageOf, RosError } from '@drover/core';
import type { DockerClient } from '@drover/docker-api';
import { FakeHost } from '@drover/host';
import { deepEqual, equal, ok, test } from '@drover/testing';
import type { Action, Plan } from '../plan/step.ts';
import { PlanBuilder, renderAction } from '../plan/step.ts';
import type { Applied, ApplyOptions } from './apply-plan.ts';
import { applyPlan } from './apply-plan.ts';

const start = (name: string): Action => ({ do: 'start', name });

/** What the engine was asked for, in order; containers called slow take a second, those called bad fail. */
class FakeEngine {
  readonly host: FakeHost = new FakeHost();
  readonly calls: string[] = [];
  busy = 0;
  mostBusy = 0;
  /** What `inspect` says, one after the other. */
  states: unknown[] = [];

  readonly client: DockerClient = {
    startContainer: (name: string) => this.call('start', name),
    stopContainer: (name: string) => this.call('stop', name),
    removeContainer: (name: string) => this.call('remove', name),
    inspectImage: () => Promise.resolve({ Id: 'sha256:image' }),
    createContainer: (name: string, body: { readonly Labels?: unknown }) => this.call(`create ${JSON.stringify(body.Labels)}`, name),
    connectNetwork: (network: string, name: string) => this.call(`connect ${network}`, name),
    exec: async (name: string, [command]: readonly string[], onOutput: (frame: { readonly bytes: Uint8Array }) => void, { Env, User }: { readonly Env?: readonly string[]; readonly User?: string }) => {
      await this.call(`exec ${command!} ${JSON.stringify({ Env, User })}`, name);
      onOutput({ bytes: encodeUtf8('said\n') });
      return { exitCode: command === 'fail' ? 1 : 0 };
    },
    inspectContainer: () => Promise.resolve({ State: this.states.length > 1 ? this.states.shift() : this.states[0] }),
  } as unknown as DockerClient;

  private async call(what: string, name: string): Promise<void> {
    this.calls.push(`${what} ${name}`);
    this.busy += 1;
    this.mostBusy = Math.max(this.mostBusy, this.busy);
    await this.host.clock.sleep(name.includes('slow') ? 1000 : 1);
    this.busy -= 1;
    if (name.includes('bad')) throw new RosError('docker-failed', `${name} is bad`);
  }

  apply(plan: Plan, options?: ApplyOptions): Promise<Applied> {
    return applyPlan(this.host, this.client, plan, options);
  }
}

function plan(write: (builder: PlanBuilder) => void): Plan {
  const builder = new PlanBuilder();
  write(builder);
  return builder.steps;
}

test('steps that wait for nothing run at the same time, the others once it is their turn', async () => {
  const engine = new FakeEngine();
  const { done } = await engine.apply(plan((steps) => {
    const slow = steps.add(start('slow'), 'x');
    steps.add(start('after-slow'), 'x', [slow]);
    steps.add(start('quick'), 'x');
  }));
  deepEqual(engine.calls, ['start slow', 'start quick', 'start after-slow']);
  equal(done.length, 3);
});

test('no more steps run at a time than are allowed', async () => {
  const engine = new FakeEngine();
  await engine.apply(plan((steps) => {
    for (let i = 0; i < 10; i += 1) steps.add(start(`slow${i}`), 'x');
  }), { parallel: 3 });
  deepEqual([engine.mostBusy, engine.calls.length], [3, 10]);
});

test('what waits for a failure is left out, the rest goes on, and the error is told', async () => {
  const engine = new FakeEngine();
  const states: string[] = [];
  const { failed, skipped } = await engine.apply(plan((steps) => {
    const bad = steps.add(start('bad'), 'x');
    const after = steps.add(start('after'), 'x', [bad]);
    steps.add(start('after-that'), 'x', [after]);
    steps.add(start('good'), 'x');
  }), { onProgress: ({ step, state }) => states.push(`${renderAction(step.action)}: ${state}`) });
  deepEqual(engine.calls, ['start bad', 'start good']);
  deepEqual(failed.map(({ error }) => messageOf(error)), ['bad is bad']);
  deepEqual(skipped.map(({ action }) => action.name), ['after', 'after-that']);
  ok(states.includes('start bad: failed') && states.includes('start after: skipped') && states.includes('start good: done'));
});

test('an optional step may fail: what waits for it is done all the same', async () => {
  const engine = new FakeEngine();
  const { failed } = await engine.apply(plan((steps) => steps.add(start('after'), 'x', [steps.add(start('bad'), 'x', [], true)])));
  deepEqual(engine.calls, ['start bad', 'start after']);
  equal(failed.length, 1);
});

test('a container that could not be prepared is taken away again', async () => {
  const engine = new FakeEngine();
  await engine.apply(plan((steps) => {
    const created = steps.add({ do: 'create', name: 'bad-1', body: { Image: 'x', Labels: { a: 'b' } } }, 'x');
    steps.add({ do: 'connect', name: 'bad-1', network: 'n', endpoint: {} }, 'x', [created]);
  }));
  // The one that could not be made is not there to be removed.
  deepEqual(engine.calls, ['create {"a":"b","com.docker.compose.image":"sha256:image"} bad-1']);
  const other = new FakeEngine();
  await other.apply(plan((steps) => {
    const created = steps.add({ do: 'create', name: 'web', body: { Image: 'x', Labels: {} } }, 'x');
    steps.add({ do: 'put-file', name: 'web', file: { path: '/run/secrets/x', text: '', uid: 0, gid: 0, mode: 0 } }, 'x', [created]);
  }));
  equal(other.calls.at(-1), 'remove web');
});

test("a container whose image's id is known is made without another question", async () => {
  const engine = new FakeEngine();
  await engine.apply(plan((steps) => steps.add({ do: 'create', name: 'web', body: { Image: 'x', Labels: { 'com.docker.compose.image': 'sha256:known' } } }, 'x')));
  deepEqual(engine.calls, ['create {"com.docker.compose.image":"sha256:known"} web']);
});

test('a hook runs in its container; one that fails says so', async () => {
  const engine = new FakeEngine();
  const hook = (name: string, command: string): Action => ({ do: 'run-hook', name, kind: 'post_start', hook: { command: [command], user: 'me', environment: { A: 'b', C: null } } });
  const lines: string[] = [];
  const { failed } = await engine.apply(plan((steps) => steps.add(hook('web', 'fail'), 'x', [steps.add(hook('web', 'work'), 'x')])), { onOutput: (_, line) => lines.push(line) });
  deepEqual(engine.calls, ['exec work {"Env":["A=b","C"],"User":"me"} web', 'exec fail {"Env":["A=b","C"],"User":"me"} web']);
  deepEqual([failed.map(({ error }) => messageOf(error)), lines], [['a post_start command of container web ended with 1: fail'], ['said', 'said']]);
});

test('after a cancel nothing more is begun', async () => {
  const engine = new FakeEngine();
  const cancel = new CancelSource();
  const { skipped } = await engine.apply(plan((steps) => steps.add(start('after'), 'x', [steps.add(start('slow'), 'x')])), { cancel, onProgress: ({ state }) => state === 'started' && cancel.cancel() });
  deepEqual([engine.calls, skipped.length], [['start slow'], 1]);
});

test('a step that takes too long has failed', async () => {
  const engine = new FakeEngine();
  const { failed } = await engine.apply(plan((steps) => steps.add(start('slow'), 'x')), { stepMs: 100 });
  equal(messageOf(failed[0]?.error), 'start slow was not done within 0.1 s');
});

const running = (health: string | undefined): unknown => ({ Running: true, Status: 'running', ExitCode: 0, ...(health !== undefined && { Health: { Status: health } }) });
const exited = (code: number): unknown => ({ Running: false, Restarting: false, Status: 'exited', ExitCode: code });

const WAITS: readonly (readonly [string, Action['do'], readonly unknown[], string])[] = [
  ['a container becomes healthy', 'wait-healthy', [running('starting'), running('starting'), running('healthy')], 'done'],
  ['a container becomes unhealthy', 'wait-healthy', [running('starting'), running('unhealthy')], 'container db is unhealthy'],
  ['a container without a check needs no wait', 'wait-healthy', [running(undefined)], 'done'],
  ['a container ends before it is healthy', 'wait-healthy', [running('starting'), exited(1)], 'container db exited (1)'],
  ['a container never becomes healthy', 'wait-healthy', [running('starting')], 'container db was not ready within 5 s'],
  ['a job ends well', 'wait-completed', [running(undefined), exited(0)], 'done'],
  ['a job ends badly', 'wait-completed', [running(undefined), exited(3)], `service "db" didn't complete successfully: exit 3`],
];

for (const [title, verb, states, expected] of WAITS) {
  test(`waiting: ${title}`, async () => {
    const engine = new FakeEngine();
    engine.states = [...states];
    const { failed } = await engine.apply(plan((steps) => steps.add({ do: verb, name: 'db' } as Action, 'x')), { waitMs: 5000 });
    equal(failed.length === 0 ? 'done' : messageOf(failed[0]!.error), expected);
  });
}
