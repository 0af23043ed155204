import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, match, ok, rejects, test } from '@drover/testing';
import { readLock } from '../debian/read-lock.ts';
import type { Toolchain } from '../toolchain/toolchain.ts';
import { openToolchain } from '../toolchain/toolchain.ts';
import { openWorkspace } from '../workspace.ts';
import { prelink } from './prelink.ts';

// Addresses of each kind: of data, of functions, chosen at run time, of a thread's variable, taken from a library, and
// through slots that the loader fills at the first call.
const PROGRAM = `
#include <stdio.h>
#include <string.h>
static int one(void) { return 1; }
static int two(void) { return 2; }
static int (*const calls[])(void) = { one, two };
static const char *const words[] = { "plain", "words" };
static const char *const *const deep = &words[1];
static int chosen_two(void) { return 20; }
static int (*choose(void))(void) { return chosen_two; }
int chosen(void) __attribute__((ifunc("choose")));
int (*const chosen_by_address)(void) = chosen;
__thread int own = 300;
size_t (*const length)(const char *) = strlen;
__attribute__((constructor)) static void start(void) { puts("starts"); }
int main(int argc, char **argv) {
  printf("%s %s %d %zu\\n", words[0], *deep, calls[0]() + calls[1]() + chosen() + chosen_by_address() + own, length(words[1]));
  puts(argv[argc] == NULL ? "ends" : "does not end");
  return 0;
}
`;

async function build(toolchain: Toolchain, work: string, name: string, flags: string): Promise<Buffer> {
  await toolchain.run(['sh', '-ec', `gcc ${flags} -o ${name} program.c`], { work }, { cwd: '/mnt/work' });
  return readFileSync(join(work, name));
}

test('a prelinked program has a fixed address, nothing left to relocate, and runs as before', async () => {
  const workspace = openWorkspace();
  const toolchain = await openToolchain(workspace, readLock(workspace));
  const work = join(workspace.cache, 'unit-tests/prelink');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  writeFileSync(join(work, 'program.c'), PROGRAM);
  for (const binding of ['-Wl,-z,lazy', '-Wl,-z,now']) {
    const bytes = await build(toolchain, work, 'program', `-fPIE -pie ${binding}`);
    ok(prelink(bytes) >= 7);
    equal(prelink(bytes), 0);
    writeFileSync(join(work, 'program'), bytes);
    const { stdout } = await toolchain.run(['sh', '-ec', './program; readelf -hW program | grep Type; readelf -rW program | grep -c 4_RELATIV || true; readelf -d program | grep -c PIE || true'], { work }, { cwd: '/mnt/work' });
    equal(stdout.toString().replace(/ +/g, ' '), 'starts\nplain words 343 5\nends\n Type: EXEC (Executable file)\n0\n0\n');
  }
  const library = await build(toolchain, work, 'library.so', '-fPIC -shared');
  const before = Buffer.from(library);
  equal(prelink(library), 0);
  ok(library.equals(before));
  equal(prelink(Buffer.from('#!/bin/sh\n')), 0);
  const packed = await build(toolchain, work, 'packed', '-fPIE -pie -Wl,-z,pack-relative-relocs');
  match((await rejects(() => prelink(packed), 'elf-prelink')).message, /entry 36/);
});
