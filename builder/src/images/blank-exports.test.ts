import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deepEqual, equal, ok, test } from '@drover/testing';
import { readLock } from '../debian/read-lock.ts';
import { openToolchain } from '../toolchain/toolchain.ts';
import { openWorkspace } from '../workspace.ts';
import { blankExports, dynamicNames } from './blank-exports.ts';

// "looked_for" is what the library takes from the program; "_thread" is relocated against the program itself, as
// Go's runtime.tlsg is; the name of "puts" is the end of another one.
const PROGRAM = `
#include <stdio.h>
__thread int looked_for_thread = 3;
int unwanted_1(void) { return 1; }
int unwanted_puts(void) { return 2; }
int looked_for(void) { return 4; }
int ask(void);
int main(void) { puts("works"); printf("%d\\n", unwanted_1() + looked_for_thread + ask()); return 0; }
`;
const LIBRARY = 'int looked_for(void) __attribute__((weak)); int ask(void) { return looked_for ? looked_for() : -100; }';

test('a program whose exports were blanked runs as before, and libraries find what they look for', async () => {
  const workspace = openWorkspace();
  const toolchain = await openToolchain(workspace, readLock(workspace));
  const work = join(workspace.cache, 'unit-tests/blank-exports');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  writeFileSync(join(work, 'program.c'), PROGRAM);
  writeFileSync(join(work, 'library.c'), LIBRARY);
  const build = 'gcc -shared -fPIC -o libask.so library.c; gcc -fPIE -pie -rdynamic -Wl,--hash-style=gnu -o program program.c -L. -lask -Wl,-rpath,/mnt/work';
  await toolchain.run(['sh', '-ec', build], { work }, { cwd: '/mnt/work' });
  const file = join(work, 'program');
  const bytes = readFileSync(file);
  ok(dynamicNames(bytes).includes('unwanted_1'));
  equal(blankExports(bytes, new Set(), 1000), 0);
  ok(blankExports(bytes, new Set(dynamicNames(readFileSync(join(work, 'libask.so')))), 1) > 3);
  writeFileSync(file, bytes);
  deepEqual(dynamicNames(bytes).filter((name) => /unwanted|looked_for$/.test(name)), ['looked_for']);
  const { stdout } = await toolchain.run(['./program'], { work }, { cwd: '/mnt/work' });
  equal(stdout.toString(), 'works\n8\n');
});
