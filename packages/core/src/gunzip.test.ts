import { deepEqual, equal, rejects, test } from '@drover/testing';
import { decodeBase64 } from './base64.ts';
import { gunzip } from './gunzip.ts';
import { decodeUtf8 } from './utf8.ts';

// Made by Python's gzip.
const PLAIN = decodeBase64('H4sIAAAAAAAC/1NOzskvTdFNzs9Ly0znysgvLslLzE21UihITM5OTeECAMG5vPMfAAAA')!;
const NAMED = decodeBase64('H4sICAAAAAAC/3VzZXItZGF0YQBTTs7JL03RTc7PS8tM58rILy7JS8xNtVIoSEzOTk3hAgDBubzzHwAAAA==')!;
const STORED = decodeBase64('H4sIAAAAAAAA/wEFAPr/aGVsbG+GphA2BQAAAA==')!;
/** 200 words, with Huffman codes of its own. */
const WORDS = decodeBase64(
  'H4sIAAAAAAAC/41UWw7DIAy7ClcLGtom0Ye03l/VypBsnND90BYc20lIczkslf3zrtuarO4vS09bFvu9P0o9vDV/wxCicCZte406zzVx9UiucFTtIDhgC9cBaANQk2VJCEWnHRTqzGBxfSQDYOz4vxyzVAvRRnkZjU/wQcxwA2jfaQY75y80OFJ4Od5p6W1zwZydVgmLHFXGS8RpReyY6aMRiBomNzO8haMZrovAtRoojhYUeTMuTu3BnEwCnM0myGHVX8wJoCLGNukEAAA=',
)!;

test('gunzip unpacks each kind of block, file names in the header, and several members', () => {
  const text = '#cloud-config\nhostname: packed\n';
  equal(decodeUtf8(gunzip(PLAIN, 1000)), text);
  equal(decodeUtf8(gunzip(NAMED, 1000)), text);
  equal(decodeUtf8(gunzip(STORED, 1000)), 'hello');
  const words = decodeUtf8(gunzip(WORDS, 2000));
  deepEqual([words.length, words.slice(0, 40), words.slice(-20)], [1257, 'beta epsilon alpha gamma alpha delta del', 'a beta epsilon alpha']);
  equal(decodeUtf8(gunzip(Uint8Array.of(...STORED, ...STORED), 1000)), 'hellohello');
});

test('gunzip stops at its limit, whatever the data would unpack to', async () => {
  await rejects(() => gunzip(WORDS, 1256), 'too-large');
  const bomb = new Uint8Array(STORED.length * 20_000);
  for (let at = 0; at < bomb.length; at += STORED.length) bomb.set(STORED, at);
  await rejects(() => gunzip(bomb, 64 << 10), 'too-large');
});

test('gunzip says so of every damage, and never hangs', async () => {
  for (let end = 0; end < WORDS.length; end += 1) await rejects(() => gunzip(WORDS.subarray(0, end), 10_000), 'bad-gzip');
  for (let at = 0; at < WORDS.length; at += 1) {
    const bent = WORDS.slice();
    bent[at]! ^= 0x55;
    try {
      gunzip(bent, 1 << 16);
    } catch (error) {
      const { code } = error as { code?: string };
      if (code !== 'bad-gzip' && code !== 'too-large') throw error;
    }
  }
});
