import { deepEqual, equal, test } from '@drover/testing';
import { decodeBase64, encodeBase64, encodeHex } from './base64.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

test('base64 agrees with RFC 4648 and comes back', () => {
  const table = { '': '', f: 'Zg==', fo: 'Zm8=', foo: 'Zm9v', foob: 'Zm9vYg==', fooba: 'Zm9vYmE=', foobar: 'Zm9vYmFy' };
  for (const [plain, encoded] of Object.entries(table)) {
    equal(encodeBase64(encodeUtf8(plain)), encoded);
    equal(decodeUtf8(decodeBase64(encoded)!), plain);
  }
});

test('base64 decodes with line breaks, without padding and in the URL-safe alphabet, and refuses the rest', () => {
  equal(decodeUtf8(decodeBase64('Zm9v\n YmE')!), 'fooba');
  deepEqual([...decodeBase64('_-8')!], [255, 239]);
  equal(decodeBase64('Zm9v!'), undefined);
  equal(decodeBase64('Z'), undefined);
});

test('hexadecimal keeps leading zeros', () => {
  equal(encodeHex(Uint8Array.of(0, 1, 171, 255)), '0001abff');
});

test('UTF-8 keeps all of Unicode and replaces what is not valid', () => {
  const text = 'a\u00e9\u20ac\u{1f433}';
  equal(decodeUtf8(encodeUtf8(text)), text);
  deepEqual([...encodeUtf8('\u{1f433}')], [0xf0, 0x9f, 0x90, 0xb3]);
  equal(decodeUtf8(Uint8Array.of(0x61, 0xff, 0x62)), 'a\ufffdb');
  equal(decodeUtf8(Uint8Array.of(0xe2, 0x82)), '\ufffd');
  deepEqual([...encodeUtf8('x\ud800')], [0x78, 0xef, 0xbf, 0xbd]);
});
