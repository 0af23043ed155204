import { FakeHost } from '@drover/host';
import { deepEqual, equal, test } from '@drover/testing';
import { findPowerButtons, hasKey, isPowerKey } from './power.ts';

test('a power button is known by its key bit', () => {
  equal(hasKey('10000000000000 0', 116), true);
  equal(hasKey('feffffdfffefffff', 116), false);
  equal(hasKey('', 116), false);
  const host = new FakeHost({
    '/sys/class/input/event0/device/capabilities/key': '10000000000000 0\n',
    '/sys/class/input/event1/device/capabilities/key': '0\n',
    '/sys/class/input/mouse0/x': '',
  });
  deepEqual(findPowerButtons(host), ['/dev/input/event0']);
});

test('only a press of the power key counts', () => {
  const event = (type: number, code: number, value: number): Uint8Array => {
    const bytes = new Uint8Array(24);
    const view = new DataView(bytes.buffer);
    view.setUint16(16, type, true);
    view.setUint16(18, code, true);
    view.setInt32(20, value, true);
    return bytes;
  };
  equal(isPowerKey(event(1, 116, 1)), true);
  equal(isPowerKey(event(1, 116, 0)), false);
  equal(isPowerKey(event(0, 116, 1)), false);
  equal(isPowerKey(event(1, 30, 1)), false);
  equal(isPowerKey(new Uint8Array(5)), false);
});
