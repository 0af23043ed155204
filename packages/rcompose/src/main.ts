// rcompose on Node: node tools/run.mjs packages/rcompose/src/main.ts ARGUMENT...

import { CancelSource } from '@drover/core';
import { runCommand } from '@drover/compose';
import { createNodeHost } from '@drover/host-node';

async function readInput(): Promise<string> {
  let text = '';
  process.stdin.setEncoding('utf8');
  for await (const chunk of process.stdin) text += chunk as string;
  return text;
}

const cancel = new CancelSource();
process.once('SIGINT', () => cancel.cancel());
process.once('SIGTERM', () => cancel.cancel());
void runCommand({
  host: createNodeHost(),
  args: process.argv.slice(2),
  folder: process.cwd(),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  readInput,
  cancel,
  terminal: process.stderr.isTTY,
}).then((code) => {
  process.exitCode = code;
  // An engine's event stream may still be open.
  if (process.stdout.writableLength === 0) process.exit();
  process.stdout.once('drain', () => process.exit());
});
