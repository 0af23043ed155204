import { equal, ok, test } from '@drover/testing';
import { withoutSignature } from './module-signature.ts';

const MAGIC = Buffer.from('~Module signature appended~\n');

function signed(content: string, signatureBytes: number): Buffer {
  const trailer = Buffer.from([0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0]); // PKCS #7
  trailer.writeUInt32BE(signatureBytes, 8);
  return Buffer.concat([Buffer.from(content), Buffer.alloc(signatureBytes, 0xab), trailer, MAGIC]);
}

test('a signature and what tells of it are cut off, and the module stays', () => {
  equal(withoutSignature(signed('module', 300)).toString(), 'module');
});

test('what has no signature stays the same', () => {
  for (const bytes of [Buffer.from('module'), Buffer.alloc(0), MAGIC]) ok(withoutSignature(bytes) === bytes);
});
