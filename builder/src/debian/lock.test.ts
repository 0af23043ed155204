import { deepEqual, equal, match, rejects, test } from '@drover/testing';
import { epochOf, parseLock, renderLock } from './lock.ts';
import type { Lock } from './lock.ts';

const digest = 'a'.repeat(64);
const lock: Lock = {
  date: '2026-11-22',
  sections: {
    system: [{ name: 'crun', version: '1.21-1', architecture: 'amd64', sha256: digest }],
    toolchain: [{ name: 'gcc', version: '4:14.2.0-1', architecture: 'amd64', sha256: digest }],
    udebs: [{ name: 'udev-udeb', version: '257.4-1', architecture: 'amd64', sha256: digest }],
    sources: [{ name: 'iptables', version: '1.8.11', architecture: 'orig.tar.xz', sha256: digest }],
  },
};

test('a lock comes back as it was written', () => {
  deepEqual(parseLock(renderLock(lock), 'packages.lock'), lock);
  equal(epochOf(lock), 1795305600);
});

test('a damaged lock is refused with its line', async () => {
  const error = await rejects(() => parseLock('date 2026-11-22\n[system]\ncrun 1.21-1 amd64 short\n', 'packages.lock'), 'lock-syntax');
  match(error.message, /^packages\.lock:3: expected NAME VERSION ARCH SHA256$/);
  await rejects(() => parseLock('date 2026-11-22\ncrun 1 amd64 x\n', 'packages.lock'), 'lock-syntax');
  await rejects(() => parseLock('[system]\n', 'packages.lock'), 'lock-syntax');
});
