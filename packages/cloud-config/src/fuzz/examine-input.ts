// Everything that reads what a stranger wrote, on one input, and what must hold whatever the input is. Throws otherwise.

import { decodeUtf8, renderProblem } from '@drover/core';
import { deepEqual, fail, ok } from '@drover/testing';
import { fromValue, parseFlowValue, toValue } from '@drover/yaml';
import type { MapNode, Value } from '@drover/yaml';
import { parseYaml } from '@drover/yaml/read';
import { checkTree } from '../check/check-tree.ts';
import { dropSecrets } from '../edit/drop-secrets.ts';
import { renderYaml } from '../edit/render-yaml.ts';
import { setValue } from '../edit/set-value.ts';
import { parseKernelWords } from '../kernel/parse-kernel-words.ts';
import { splitKernelLine } from '../kernel/split-kernel-line.ts';
import { mergeTrees } from '../layers/merge-trees.ts';
import { resolveConfiguration } from '../layers/resolve-configuration.ts';
import { parseCloudConfig, parseRaw } from '../parse-cloud-config.ts';
import type { ConfigProblem } from '../problem.ts';
import { parseKeyPath } from '../schema/key-path.ts';
import { expandUserData } from '../user-data/expand-user-data.ts';
import type { Input } from './make-input.ts';
import { SECRET } from './make-input.ts';

const MESSAGE_LIMIT = 1000;

export interface Step {
  readonly name: string;
  readonly ms: number;
}

/** Resolves to the step that took the longest. */
export async function examineInput({ bytes, intact }: Input): Promise<Step> {
  let slowest: Step = { name: '', ms: 0 };
  const step = <T>(name: string, run: () => T): T => {
    const started = Date.now();
    const result = run();
    const ms = Date.now() - started;
    if (ms > slowest.ms) slowest = { name, ms };
    return result;
  };
  const text = decodeUtf8(bytes);
  const lines = text.split(/\r\n?|\n/).length;
  const layer = step('reading and checking', () => parseCloudConfig(bytes, 'fuzz', { addresses: { privateIpv4: '10.0.0.1' } }));
  examineProblems(layer.problems, lines);
  if (intact) for (const problem of layer.problems) if (JSON.stringify(problem).includes(SECRET)) fail(`a message shows a secret: ${renderProblem(problem)}`);

  const words = step('kernel words', () => parseKernelWords(splitKernelLine(text.slice(0, 4096))));
  for (const one of words) examineProblems(one.problems, 0);
  const metadata = { source: 'fuzz', hostname: text.slice(0, 80), sshPublicKeys: { a: text.slice(0, 500), b: 'ssh-rsa x' } };
  const { config, tree, problems } = step('putting together', () => resolveConfiguration([layer, ...words], metadata));
  examineProblems(problems, lines);
  step('hiding secrets', () => JSON.stringify([config, dropSecrets(toValue(tree), true)]));

  const again = step('checking again', () => checkTree(layer.tree).problems.find((one) => one.severity === 'error'));
  if (again !== undefined) fail(`checked twice, a value is wrong: ${renderProblem(again)}`);
  const raw = step('reading raw', () => parseRaw(bytes, 'fuzz').root);
  for (const value of [toValue(layer.tree), toValue(raw)]) step('writing', () => sameWhenWritten(value));

  parseFlowValue(text.slice(0, 2000), { name: 'fuzz' });
  const path = parseKeyPath(text.slice(0, 60));
  if (path.every((part) => part !== '' && part !== '__proto__')) mergeTrees(raw, fromValue(setValue({}, path, 1), { name: 'fuzz' }) as MapNode);

  // How much all of them may bring is for the fetcher to say.
  let fetched = 0;
  const started = Date.now();
  const expanded = await expandUserData(bytes, 'fuzz', async () => ((fetched += 1) > 3 ? Promise.reject(new Error('no')) : bytes.subarray(0, 32 << 10)));
  examineProblems(expanded.problems, lines);
  return Date.now() - started > slowest.ms ? { name: 'expanding user-data', ms: Date.now() - started } : slowest;
}

/** A map of more than the reader's limit is small as it is read, by aliases, and large as it is written. */
function sameWhenWritten(value: Value): void {
  const rendered = renderYaml(value);
  const { root, problems } = parseYaml(rendered, 'written');
  if (root === undefined && problems.some((one) => one.code === 'too-many-values' || one.code === 'too-large')) return;
  if (root === undefined) fail(`what was written cannot be read: ${JSON.stringify(problems[0])}\n${rendered.slice(0, 2000)}`);
  deepEqual(toValue(root), value);
}

function examineProblems(problems: readonly ConfigProblem[], lines: number): void {
  ok(problems.length < 200, `${problems.length} problems`);
  for (const problem of problems) {
    const text = renderProblem(problem);
    // eslint-disable-next-line no-control-regex
    if (text.length > MESSAGE_LIMIT || /[\u0000-\u0009\u000b-\u001f\u007f]/.test(text)) fail(`an unreadable message: ${JSON.stringify(text.slice(0, 300))}`);
    if (problem.line !== undefined) ok(problem.line >= 1 && problem.line <= lines && (problem.column ?? 1) >= 1, `a place that is none: ${text}`);
  }
}
