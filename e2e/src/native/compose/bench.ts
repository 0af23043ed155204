// rcompose against Docker Compose on the same engine, by turns: a project of 20 services goes up, up again with nothing
// to do, and down.
//   node tools/run.mjs e2e/src/native/compose/bench.ts [ROUNDS]
// DROVER_DOCKER_COMPOSE names Docker Compose's program where it is not installed.

import { openWorkspace } from '@drover/builder';
import { RosError } from '@drover/core';
import { runMain } from '../../run-main.ts';
import { DockerMachine, findDockerCompose, whyNot } from './docker-machine.ts';

const SERVICES = 20;
/** Nothing has to be made anew, so it is measured more often. */
const UPS_AGAIN = 5;
const VERBS = ['first up', 'up again', 'down'] as const;
type Figures = Readonly<Record<(typeof VERBS)[number], number[]>>;

function composeFile(): string {
  const services = Array.from({ length: SERVICES }, (_, i) => `  s${i}: {image: busybox, command: sleep 100000, stop_signal: SIGKILL, environment: {N: "${i}"}${i % 5 === 0 ? '' : `, depends_on: [s${i - (i % 5)}]`}}`);
  return `services:\n${services.join('\n')}\n`;
}

/** In the engine's network: `program` is the beginning of a command line. */
function measure(machine: DockerMachine, program: string, figures: Figures): void {
  const timed = (verb: keyof Figures, args: string): void => {
    const began = performance.now();
    const { code, err } = machine.shell(`${program} ${args}`);
    figures[verb].push(performance.now() - began);
    if (code !== 0) throw new RosError('bench-failed', `${program} ${args} ended with ${code}: ${err.slice(-500)}`);
  };
  timed('first up', 'up -d');
  for (let i = 0; i < UPS_AGAIN; i += 1) timed('up again', 'up -d');
  timed('down', 'down -t 0');
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

runMain(async () => {
  const dockerCompose = findDockerCompose();
  const reason = whyNot() ?? (dockerCompose === undefined ? 'Docker Compose 2 is not installed' : undefined);
  if (reason !== undefined) throw new RosError('cannot-measure', `this machine cannot measure: ${reason}`);
  const rounds = Number(process.argv[2] ?? 5);
  const machine = await DockerMachine.open(openWorkspace());
  const none = (): Figures => ({ 'first up': [], 'up again': [], down: [] });
  const [ours, theirs] = [none(), none()];
  try {
    machine.begin();
    machine.write({ 'compose.yaml': composeFile() });
    for (let round = 0; round < rounds; round += 1) {
      measure(machine, '$RCOMPOSE', ours);
      measure(machine, `${dockerCompose!} -p ${machine.project}`, theirs);
    }
    await machine.end();
  } finally {
    await machine.close();
  }
  process.stdout.write(`${SERVICES} services, medians of ${rounds} rounds\n`);
  for (const verb of VERBS) {
    const [a, b] = [median(ours[verb]), median(theirs[verb])];
    process.stdout.write(`${verb.padEnd(9)} rcompose ${a.toFixed(0)} ms, docker compose ${b.toFixed(0)} ms: ratio ${(a / b).toFixed(2)}\n`);
  }
  return 0;
});
