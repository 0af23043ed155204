import { encodeHex } from '@drover/core';
import { equal, rejects, test } from '@drover/testing';
import { addAddress, addBridge, addDefaultRoute, checkAnswer, parseLinkIndex, raiseLink } from './route-messages.ts';

// As iproute2 sends them (strace of ip), but for sequence numbers.
test('requests are the bytes that the kernel expects', () => {
  const cases: readonly (readonly [Uint8Array, number, readonly string[]])[] = [
    [raiseLink(7), 0, ['20000000100005000000000000000000', '00000000070000000100000001000000']],
    [addBridge('br0'), 32, ['08000300', '62723000', '10001280', '0b000100', '6272696467650000']],
    [addAddress(7, '10.0.0.5', 24), 16, ['0218000007000000', '080002000a000005', '080001000a000005', '080004000a0000ff']],
    [addDefaultRoute(7, '10.0.0.1'), 16, ['02000000fe03000100000000', '080005000a000001', '0800040007000000']],
  ];
  for (const [bytes, from, parts] of cases) equal(encodeHex(bytes.subarray(from)), parts.join(''));
});

test('an answer is an index, an error in words, or fine', async () => {
  const answer = (type: number, ...words: readonly number[]): Uint8Array => {
    const bytes = new Uint8Array(16 + words.length * 4);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, bytes.length, true);
    view.setUint16(4, type, true);
    for (const [i, word] of words.entries()) view.setInt32(16 + i * 4, word, true);
    return bytes;
  };
  checkAnswer(answer(2, 0, 0, 0, 0, 0), 'x');
  equal((await rejects(async () => checkAnswer(answer(2, -17, 0, 0, 0, 0), 'making bridge a'), 'netlink-failed')).message, 'making bridge a failed: file exists');
  equal(parseLinkIndex(answer(16, 0, 12, 0, 0)), 12);
  equal(parseLinkIndex(answer(2, -19, 0, 0, 0, 0)), undefined);
  await rejects(async () => void parseLinkIndex(answer(2, -1, 0, 0, 0, 0)), 'netlink-failed');
});
