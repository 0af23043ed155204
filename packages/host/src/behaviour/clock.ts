import { CancelSource, encodeHex, encodeUtf8 } from '@drover/core';
import { equal, ok, rejects } from '@drover/testing';
import type { Behaviour } from './behaviour.ts';

export const clockBehaviours: readonly Behaviour[] = [
  {
    title: 'sleep takes its time, and monotonic time only grows',
    async check({ clock }) {
      const start = clock.monotonic();
      await clock.sleep(30);
      const passed = clock.monotonic() - start;
      ok(passed >= 29 && passed < 5000, `slept ${passed} ms`);
      ok(clock.now() > Date.UTC(2020, 0, 1));
    },
  },
  {
    title: 'a cancelled sleep ends early, with the reason',
    async check({ clock }) {
      const cancel = new CancelSource();
      const start = clock.monotonic();
      void clock.sleep(10).then(() => cancel.cancel());
      await rejects(() => clock.sleep(60_000, cancel), 'cancelled');
      await rejects(() => clock.sleep(60_000, cancel), 'cancelled');
      ok(clock.monotonic() - start < 5000);
    },
  },
  {
    title: 'random bytes differ from call to call',
    check(host) {
      equal(host.random(32).length, 32);
      ok(encodeHex(host.random(32)) !== encodeHex(host.random(32)));
    },
  },
  {
    title: 'sha256 is SHA-256',
    check(host) {
      equal(encodeHex(host.sha256(encodeUtf8('abc'))), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
      equal(encodeHex(host.sha256(new Uint8Array(0))), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    },
  },
];
