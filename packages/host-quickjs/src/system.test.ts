// What only this adapter has: mounts, terminals, timers, children; and what the native modules promise.

import { decodeUtf8, encodeUtf8 } from '@drover/core';
import type { SystemHost } from '@drover/host';
import { deepEqual, equal, match, ok, rejects, test } from '@drover/testing';
import * as fs from 'ros:fs';
import * as io from 'ros:io';
import * as loop from 'ros:loop';
import * as process from 'ros:process';
import { decode, encode } from 'ros:text';
import { inFolder, unshared } from './test-folder.ts';

function mountLine(host: SystemHost, target: string): string | undefined {
  return host.files.readText('/proc/self/mountinfo').split('\n').find((line) => line.split(' ')[4] === target);
}

test('mounts: a tmpfs with options, read-only by a remount, and gone again', () =>
  unshared(async (host, folder) => {
    const target = `${folder}/tmpfs`;
    host.files.makeDirectory(target);
    host.mounts.mount({ source: 'drover', target, type: 'tmpfs', flags: ['nosuid', 'nodev'], data: 'size=64k,mode=711' });
    match(mountLine(host, target) ?? '', / rw,nosuid,nodev.* - tmpfs drover rw,size=64k,mode=711/);
    await rejects(() => host.files.write(`${target}/big`, 'x'.repeat(1 << 20)), 'ENOSPC');
    host.mounts.mount({ source: 'drover', target, type: '', flags: ['remount', 'ro'] });
    await rejects(() => host.files.write(`${target}/file`, ''), 'EROFS');
    host.mounts.unmount(target);
    equal(mountLine(host, target), undefined);
  }));

test('mounts: a bind that is read-only and a slave is one call', () =>
  unshared(async (host, folder) => {
    host.files.makeDirectory(`${folder}/source`);
    host.files.makeDirectory(`${folder}/target`);
    host.files.write(`${folder}/source/file`, 'text');
    host.mounts.mount({ source: `${folder}/source`, target: `${folder}/source`, type: '', flags: ['bind', 'shared'] });
    host.mounts.mount({ source: `${folder}/source`, target: `${folder}/target`, type: '', flags: ['bind', 'ro', 'nosuid', 'slave'] });
    equal(host.files.readText(`${folder}/target/file`), 'text');
    await rejects(() => host.files.write(`${folder}/target/file`, ''), 'EROFS');
    host.files.write(`${folder}/source/file`, 'still writable');
    match(mountLine(host, `${folder}/target`) ?? '', / ro,nosuid.* master:\d+ /);
    host.mounts.unmount(`${folder}/target`, { lazy: true });
    host.mounts.unmount(`${folder}/source`);
  }));

test('mounts: a cloned tree is attached somewhere else, with what is mounted in it', () =>
  unshared((host, folder) => {
    for (const name of ['a', 'b']) host.files.makeDirectory(`${folder}/${name}`);
    host.mounts.mount({ source: 'drover', target: `${folder}/a`, type: 'tmpfs' });
    host.files.makeDirectory(`${folder}/a/inner`);
    host.mounts.mount({ source: 'drover', target: `${folder}/a/inner`, type: 'tmpfs' });
    host.files.write(`${folder}/a/inner/file`, 'text');
    const tree = host.mounts.cloneTree(`${folder}/a`, true);
    tree.attach(`${folder}/b`);
    tree.close();
    equal(host.files.readText(`${folder}/b/inner/file`), 'text');
    for (const name of ['b', 'a']) host.mounts.unmount(`${folder}/${name}`, { lazy: true });
  }));

test('mounts: a failure says what, where and why', () =>
  unshared(async (host, folder) => {
    const error = await rejects(() => host.mounts.mount({ source: 'drover', target: `${folder}/none`, type: 'tmpfs' }), 'mount-failed');
    equal((error.cause as { code?: string }).code, 'ENOENT');
    await rejects(() => host.mounts.unmount(folder), 'EINVAL');
  }));

test('a status from the kernel has all its keys, as numbers', () => {
  const status = fs.stat('/dev/null') as unknown as Record<string, unknown>;
  deepEqual(Object.keys(status).sort(), ['blocks', 'ctimeMs', 'dev', 'gid', 'ino', 'major', 'minor', 'mode', 'mtimeMs', 'nlink', 'size', 'uid']);
  ok(Object.values(status).every((value) => typeof value === 'number'));
  const space = fs.statFs('/') as unknown as Record<string, unknown>;
  deepEqual(Object.keys(space).sort(), ['blockSize', 'blocks', 'blocksAvailable', 'blocksFree', 'files', 'filesFree', 'type']);
});

test('a terminal: the program sees a tty of the given size, its controlling one, and learns of a new size', () =>
  inFolder(async (host) => {
    const script = 'trap "stty size; exit 7" WINCH; tty -s && echo a tty; echo ready >/dev/tty; while :; do sleep 0.05; done';
    const child = host.terminals.startOnTerminal(['/bin/sh', '-c', script]);
    let seen = '';
    const wanted = async (text: string): Promise<void> => {
      while (!seen.includes(text)) {
        const bytes = await child.terminal.read();
        if (bytes === undefined) break;
        seen += decodeUtf8(bytes);
      }
      ok(seen.includes(text), `wanted ${text}, saw ${seen}`);
    };
    await wanted('ready');
    ok(seen.includes('a tty'));
    child.resize(123, 45);
    await wanted('45 123');
    deepEqual(await child.wait(), { code: 7 });
    equal(await child.terminal.read(), undefined); // EIO on Linux: the other side is gone
    child.terminal.close();
    child.resize(1, 1); // no error once it is closed
  }));

test('a terminal: what is typed is echoed, and Ctrl-C ends the program', () =>
  inFolder(async (host) => {
    const child = host.terminals.startOnTerminal(['/bin/cat']);
    await child.terminal.write(encodeUtf8('hello\n'));
    let seen = '';
    while (seen.split('hello').length < 3) seen += decodeUtf8((await child.terminal.read())!);
    await child.terminal.write(Uint8Array.of(3));
    deepEqual(await child.wait(), { code: 130, signal: 2 });
    child.terminal.close();
  }));

test('timers come in the order of their times, and one that was cleared by another does not come', async () => {
  const order: string[] = [];
  await new Promise<void>((resolve) => {
    loop.setTimer(() => order.push('late'), 20);
    const cleared = loop.setTimer(() => order.push('cleared'), 10);
    loop.setTimer(() => {
      order.push('early');
      loop.clearTimer(cleared);
      loop.setTimer(() => order.push('from a timer'), 0);
    }, 5);
    for (let i = 0; i < 3; i += 1) loop.setTimer(() => order.push(`same ${i}`), 0);
    loop.setTimer(() => resolve(), 30);
  });
  deepEqual(order, ['same 0', 'same 1', 'same 2', 'early', 'from a timer', 'late']);
  loop.clearTimer(-1);
  loop.clearTimer(123456789);
});

test('a thousand timers, half of them cleared, lose none of the others', async () => {
  let fired = 0;
  const ids = Array.from({ length: 1000 }, (_, i) => loop.setTimer(() => (fired += 1), (i * 7) % 23));
  for (const [i, id] of ids.entries()) if (i % 2 === 0) loop.clearTimer(id);
  await new Promise<void>((resolve) => loop.setTimer(() => resolve(), 40));
  equal(fired, 500);
});

test('children: descriptors, session and signals are those that were given, and the exit is told once', () =>
  inFolder(async ({ children, files }, folder) => {
    const pipe = children.pipe();
    const child = children.start({ argv: ['/bin/sh', '-c', 'echo $0 >&7; kill -TERM $$'], descriptors: [[7, pipe.write]], newSession: true });
    children.closeDescriptor(pipe.write);
    const source = children.source(pipe.read);
    equal(decodeUtf8((await source.read())!), '/bin/sh\n');
    equal(await source.read(), undefined);
    deepEqual(await child.wait(), { code: 143, signal: 15 });
    source.close();
    files.write(`${folder}/cgroup.procs`, '');
    await rejects(() => children.start({ argv: ['/bin/true'], cwd: `${folder}/none` }), 'start-failed');
    await rejects(() => children.start({ argv: [] }), 'start-failed');
  }));

test('descriptors do not leak through a hundred failures and starts', () =>
  inFolder(async (host, folder) => {
    const count = (): number => host.files.list('/proc/self/fd').length;
    await host.processes.run(['true']);
    const before = count();
    for (let i = 0; i < 100; i += 1) {
      await rejects(() => host.processes.run([`${folder}/none`]), 'start-failed');
      await rejects(() => host.sockets.connect({ unix: `${folder}/none` }), 'ENOENT');
      await rejects(() => host.files.readText(folder), 'EISDIR');
    }
    await Promise.all(Array.from({ length: 20 }, () => host.processes.run(['true'])));
    equal(count(), before);
  }));

test('text: UTF-8 both ways, with the replacement character for what is none', () => {
  const text = 'grüße 😀 \u0000 end';
  equal(decode(new Uint8Array(encode(text))), text);
  equal(decode(Uint8Array.of(0x61, 0xff, 0xc3, 0x28, 0xe2, 0x82)), 'a\ufffd\ufffd(\ufffd');
  equal(decode(new Uint8Array(encode('\ud800'))), '\ufffd');
});

test('native functions refuse what is no argument of theirs', async () => {
  await rejects(() => fs.stat(undefined as unknown as string));
  await rejects(() => fs.stat('a\0b'));
  await rejects(() => io.read(-1, new Uint8Array(1)), 'EBADF');
  await rejects(() => io.read(0, 'text' as unknown as Uint8Array));
  await rejects(() => loop.watch(-1, 1, () => undefined), 'EBADF');
  await rejects(() => process.spawn({ argv: ['x', 'a\0b'] }));
  await rejects(() => process.spawn(null as unknown as { argv: string[] }));
});

test('a lock is one holder\'s at a time, and free again when it is released', () =>
  inFolder((host, folder) => {
    const path = `${folder}/lock`;
    const held = host.kernel.tryLock(path);
    ok(held !== undefined, 'the first gets it');
    equal(host.kernel.tryLock(path), undefined);
    held?.release();
    ok(host.kernel.tryLock(path) !== undefined, 'and the next after it');
  }));
