// rcompose on Node. `node tools/rcompose.mjs` makes a program of it that starts quickly.

import { isatty } from 'node:tty';
import { CancelSource, deferred } from '@drover/core';
import type { CommandIo } from '@drover/compose';
import { runCommand } from '@drover/compose';
import { createNodeHost, sourceOf } from '@drover/host-node';

async function readInput(): Promise<string> {
  let text = '';
  process.stdin.setEncoding('utf8');
  for await (const chunk of process.stdin) text += chunk as string;
  return text;
}

function writeBytes(stream: 'stdout' | 'stderr', bytes: Uint8Array): Promise<void> {
  const done = deferred();
  process[stream].write(bytes, (error) => (error ? done.reject(error) : done.resolve()));
  return done.promise;
}

const interactive: NonNullable<CommandIo['interactive']> = {
  setRaw: () => {
    process.stdin.setRawMode(true);
    return () => void process.stdin.setRawMode(false);
  },
  size: () => ({ rows: process.stdout.rows, columns: process.stdout.columns }),
  onResize: (call) => void process.stdout.on('resize', call),
};

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
  terminal: isatty(2),
  writeBytes,
  openInput: () => sourceOf(process.stdin),
  // Not process.stdin.isTTY: that opens a stream, which most verbs have no use for.
  ...(isatty(0) && isatty(1) && { interactive }),
}).then((code) => {
  process.exitCode = code;
  // An engine's event stream may still be open.
  if (process.stdout.writableLength === 0) process.exit();
  process.stdout.once('drain', () => process.exit());
});
