// `./dev test`: the native tests, the harness's test of itself, then every scenario on two machines at a time.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { formatMs, RosError } from '@drover/core';
import { openWorkspace } from '@drover/builder';
import type { Workspace } from '@drover/builder';
import type { CommandSpec } from './command-line.ts';
import { parseCommandLine, renderUsage } from './command-line.ts';
import { kernelImage, openSupplies } from './guests/initramfs.ts';
import { buildTinyGuest } from './guests/tiny-guest.ts';
import { tinySetup } from './guests/tiny-setup.ts';
import { planRun, renderPlan } from './harness/plan-run.ts';
import type { Job } from './harness/plan-run.ts';
import { runScenarios } from './harness/run-scenarios.ts';
import { testHarness } from './harness/self-test.ts';
import { closeWorkplace, findAccelerator, openWorkplace } from './machine/index.ts';
import { buildProducts } from './product/build.ts';
import { runMain } from './run-main.ts';
import { allScenarios } from './scenarios/index.ts';

const SPEC: CommandSpec = {
  usage: '[OPTION...] [NAME...]',
  operands: true,
  options: {
    long: { help: 'the long scenarios as well' },
    list: { help: 'only show what would run' },
    'fuzz-seconds': { value: 'N', help: 'how long the fuzzer looks for inputs that hurt (default: 600)' },
    workers: { value: 'N', help: 'machines at a time (default: 2)' },
  },
  notes: 'NAME is a part of "area: title"; without one, everything runs. `native`, `reproducible`, `harness` and (long) `sanitized`, `fuzz` name the parts without a product machine.',
};

/** What is not a scenario. */
const PARTS: readonly string[] = ['native', 'reproducible', 'harness', 'sanitized', 'fuzz'];
const NATIVE = 'e2e/src/native/main.ts';
const NATIVE_COMPOSE = 'e2e/src/native/compose/main.ts';
const COMPOSE_CORPUS = 'tools/compose-corpus.mjs';

interface Count {
  passed: number;
  failed: number;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** System Docker beside a real engine, on this machine. Its own program prints what failed. */
function runNative(workspace: Workspace, count: Count): void {
  if (!existsSync(join(workspace.root, NATIVE))) return;
  print('native tests');
  const { status } = spawnSync(process.execPath, [join(workspace.root, 'tools/run.mjs'), NATIVE], { stdio: 'inherit', cwd: workspace.root });
  count[status === 0 ? 'passed' : 'failed'] += 1;
  runProgram(workspace, 'compose on a real dockerd', [join(workspace.root, 'tools/run.mjs'), NATIVE_COMPOSE], count);
  runProgram(workspace, 'compose beside Docker Compose', [join(workspace.root, COMPOSE_CORPUS), '--check'], count);
}

/** A program of the repository that is a test by itself: it prints what failed and says so with its exit code. */
function runProgram(workspace: Workspace, title: string, args: readonly string[], count: Count): void {
  print(title);
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', cwd: workspace.root });
  count[status === 0 ? 'passed' : 'failed'] += 1;
}

function runBuilder(workspace: Workspace, title: string, command: readonly string[], count: Count): void {
  runProgram(workspace, title, [join(workspace.root, 'tools/run.mjs'), 'builder/src/main.ts', ...command], count);
}

/** The unit tests once more, with the C side under the address and undefined-behaviour sanitizers. */
function runSanitized(workspace: Workspace, count: Count): void {
  runBuilder(workspace, 'sanitized binary', ['build', 'ros-test-sanitized'], count);
  runProgram(workspace, 'unit tests under the sanitizers', [join(workspace.root, 'tools/unit-tests.mjs'), 'sanitized'], count);
}

/** Everything that reads a stranger's configuration or archive, with inputs made to hurt. */
function runFuzzer(workspace: Workspace, seconds: number, count: Count): void {
  runBuilder(workspace, 'test binaries', ['build', 'ros-test', 'ros-test-sanitized'], count);
  runProgram(workspace, `fuzzers of the configuration loader and the archive reader, ${seconds} s`, [join(workspace.root, 'tools/fuzz.mjs'), '--seconds', String(seconds)], count);
}

async function runMachines(workspace: Workspace, jobs: readonly Job[], withHarness: boolean, options: { long: boolean; workers: number }, count: Count): Promise<void> {
  const supplies = await openSupplies(workspace);
  const tiny = tinySetup(await buildTinyGuest(supplies));
  const place = await openWorkplace(workspace, await findAccelerator(workspace, kernelImage(supplies)));
  const interrupted = (): void => {
    closeWorkplace(place);
    process.exit(130);
  };
  process.on('SIGINT', interrupted);
  process.on('SIGTERM', interrupted);
  try {
    print(`machines: ${place.accelerator.kind === 'kvm' ? 'KVM' : 'software emulation (no usable KVM)'}, ${options.workers} at a time`);
    if (withHarness) count.passed += await testHarness(place, tiny, print);
    if (jobs.length === 0) return;
    buildProducts(workspace);
    for (const { failure } of await runScenarios(place, jobs, { ...options, print })) count[failure === undefined ? 'passed' : 'failed'] += 1;
    if (place.boots.up > 0) print(`boots that were waited for and came up: ${place.boots.up}`);
  } finally {
    closeWorkplace(place);
  }
}

async function main(): Promise<number> {
  const started = Date.now();
  const parsed = parseCommandLine('test', SPEC, process.argv.slice(2));
  if (parsed.options.has('help')) {
    process.stdout.write(renderUsage('test', SPEC));
    return 0;
  }
  const workers = Number(parsed.options.get('workers') ?? '2');
  if (!(workers >= 1 && workers <= 16)) throw new RosError('usage', '--workers: expected a number from 1 to 16');
  const fuzzSeconds = Number(parsed.options.get('fuzz-seconds') ?? '600');
  if (!(fuzzSeconds >= 1)) throw new RosError('usage', '--fuzz-seconds: expected a number of seconds');
  const names = parsed.operands;
  const unknown = names.find((name) => !PARTS.includes(name) && planRun(allScenarios, { long: true, names: [name] }).length === 0);
  if (unknown !== undefined) throw new RosError('no-such-test', `no test has "${unknown}" in its name`, { hint: './dev test --list shows the names' });
  const isNamed = (part: string): boolean => names.length === 0 || names.includes(part);
  const jobs = planRun(allScenarios, { long: parsed.options.has('long'), names });
  if (parsed.options.has('list')) {
    process.stdout.write(renderPlan(jobs));
    return 0;
  }
  const workspace = openWorkspace();
  const count: Count = { passed: 0, failed: 0 };
  if (isNamed('native')) runNative(workspace, count);
  if (isNamed('reproducible')) runBuilder(workspace, 'two builds from the same lock', ['verify-reproducible'], count);
  if (parsed.options.has('long') && isNamed('sanitized')) runSanitized(workspace, count);
  if (parsed.options.has('long') && isNamed('fuzz')) runFuzzer(workspace, fuzzSeconds, count);
  if (jobs.length > 0 || isNamed('harness')) await runMachines(workspace, jobs, isNamed('harness'), { long: parsed.options.has('long'), workers }, count);
  if (count.passed + count.failed === 0) throw new RosError('nothing-ran', 'no test ran', { hint: 'is it one of the long ones? Add --long' });
  print(`end-to-end tests: ${formatMs(Date.now() - started)}`);
  print(`${count.passed} passed, ${count.failed} failed`);
  return count.failed === 0 ? 0 : 1;
}

runMain(main);
