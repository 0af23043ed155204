import { fail, test } from '@drover/testing';
import { examine, inputOf } from './fuzz.ts';
import { SEEDS } from './seeds/index.ts';
import { encodeUtf8 } from '@drover/core';

test('every seed of the fuzzer, what it once found among them, is read without harm', async () => {
  for (const [name, text] of Object.entries(SEEDS)) {
    const finding = await examine({ bytes: encodeUtf8(text), intact: false });
    if (finding !== undefined) fail(`${name}: ${finding.what}`);
  }
});

test('no damage to a configuration makes its reader throw, hang, tell a secret or write something else than it read', async () => {
  for (let number = 0; number < 300; number += 1) {
    const finding = await examine(inputOf(1, number));
    if (finding !== undefined) fail(`input ${number}: ${finding.what}\n${JSON.stringify(String.fromCharCode(...finding.input.bytes.slice(0, 2000)))}`);
  }
});
