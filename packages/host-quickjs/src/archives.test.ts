import { codeOf, decodeUtf8, encodeUtf8, messageOf } from '@drover/core';
import type { SystemHost, UnpackOptions } from '@drover/host';
import { deepEqual, equal, fail, match, ok, test } from '@drover/testing';
import { archiveOf, EVERY_KIND, inputOf, paxRecords } from './fuzz/archive-inputs.ts';
import type { Member } from './fuzz/archive-inputs.ts';
import { examine } from './fuzz/fuzz-archives.ts';
import { insideRoot, withDescriptor } from './test-folder.ts';

const PLACE = '/content';

/** Into `PLACE`, which is not the root: what leads out of it is seen. */
function unpack(host: SystemHost, bytes: Uint8Array, options: UnpackOptions = {}): string {
  host.files.write('/archive', bytes);
  host.files.makeDirectory(PLACE);
  try {
    withDescriptor(host, '/archive', 'read', (input) => host.archives.unpack(input, PLACE, options));
    return 'unpacked';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What is below, a line each: what it is, where. */
function listTree(host: SystemHost, folder: string): string[] {
  return host.files.list(folder).flatMap((name) => {
    const path = `${folder}/${name}`;
    const status = host.files.lstat(path)!;
    return [`${status.type} ${path}`, ...(status.type === 'directory' ? listTree(host, path) : [])];
  });
}

/** From /journal and `PLACE` into /again; returns how long it is. */
function assemble(host: SystemHost): number {
  return withDescriptor(host, '/again', 'write', (output) => withDescriptor(host, '/journal', 'read', (journal) => host.archives.assemble(output, journal, PLACE).archiveBytes));
}

const DAMAGED: readonly (readonly [what: string, bytes: () => Uint8Array, said: RegExp])[] = [
  ['noise', () => new Uint8Array(4096).fill(0x41), /invalid tar header archive: EBADMSG/],
  ['half a header', () => archiveOf([{ name: 'a' }]).slice(0, 300), /unexpected EOF archive: EBADMSG/],
  ['content that is cut', () => archiveOf([{ name: 'a', content: 'x'.repeat(2000) }]).slice(0, 1500), /unexpected EOF archive: EBADMSG/],
  ['a header with another sum', () => archiveOf([{ name: 'a' }]).fill(0x39, 100, 103), /invalid tar header archive: EBADMSG/],
  ['a name of a gigabyte', () => archiveOf([{ name: 'l', type: 'L', size: 2 ** 30 }]), /invalid tar header extension: EFBIG/],
  ['pax records of a gigabyte', () => archiveOf([{ name: 'x', type: 'x', size: 2 ** 30 }]), /invalid tar header extension: EFBIG/],
  ['a size below nothing', () => archiveOf([{ name: 'x', type: 'x', content: paxRecords({ size: '-1' }) }, { name: 'a' }]), /invalid tar header a: EBADMSG/],
  ['a file without end', () => archiveOf([{ name: 'a', size: 0o77777777777 }]), /unexpected EOF archive: EBADMSG/],
  ['a record that is longer than its header', () => archiveOf([{ name: 'x', type: 'x', content: '99 path=a\n' }, { name: 'a' }]), /invalid tar header pax: EBADMSG/],
  ['a record of no length', () => archiveOf([{ name: 'x', type: 'x', content: '0 path=a\n' }, { name: 'a' }]), /invalid tar header pax: EBADMSG/],
  ['a record without a value', () => archiveOf([{ name: 'x', type: 'x', content: '9 nothing' }, { name: 'a' }]), /invalid tar header pax: EBADMSG/],
  ['a sparse file whose header has no end of a text', () => archiveOf([{ name: 'x'.repeat(100), type: 'S' }]), /sparse file x{100}: EOPNOTSUPP/],
  ['a kind that is unknown', () => archiveOf([{ name: 'a', type: 'V' }]), /unknown kind of member a: EOPNOTSUPP/],
  ['a name that no file system takes', () => archiveOf([{ name: 'l', type: 'L', content: `${'n'.repeat(300)}\0` }, { name: 'a' }]), /lstat n+: ENAMETOOLONG/],
  ['a hard link to nothing', () => archiveOf([{ name: 'a', type: '1', link: 'b' }]), /link a: ENOENT/],
  ['a file where a full folder is', () => archiveOf([{ name: 'a/b' }, { name: 'a' }]), /unlink a: ENOTEMPTY/],
  ['the root as a file', () => archiveOf([{ name: './', type: '2', link: 'a' }]), /invalid tar header \.: EBADMSG/],
  ['a whiteout of the folder above', () => archiveOf([{ name: 'a/.wh...' }]), /invalid whiteout a\/\.\.: EBADMSG/],
];

test('what is wrong with an archive is said with its place, and with the code of an error', () =>
  insideRoot((host) => {
    for (const [what, bytes, said] of DAMAGED) {
      const answer = unpack(host, bytes(), { layer: true });
      if (!said.test(answer)) fail(`${what}: ${answer}`);
      host.files.removeTree(PLACE);
    }
  }));

const ESCAPES: readonly (readonly Member[])[] = [
  [{ name: '../../../../outside/escaped' }],
  [{ name: '/outside/escaped' }],
  [{ name: 'a/../../outside/escaped' }],
  [{ name: 'x', type: 'x', content: paxRecords({ path: '../outside/escaped' }) }, { name: 'short' }],
  [{ name: 'l', type: 'L', content: '/../outside/escaped\0' }, { name: 'short' }],
  [{ name: 'victim', type: '1', link: '../outside/file' }],
  [{ name: 'victim', type: '1', link: '/outside/file' }],
  [{ name: 'up', type: '2', link: '../outside' }, { name: 'up', content: 'a file where the link was' }],
  [{ name: 'up', type: '2', link: '../outside/file' }, { name: 'up', content: 'a file where the link was' }],
  [{ name: '../outside/.wh.file' }],
  [{ name: '../outside', type: '5' }, { name: '../outside/.wh..wh..opq' }],
  [{ name: '../outside/null', type: '3', major: 1 }],
];

test('no name, link, whiteout or device of an archive leads out of the folder', () =>
  insideRoot((host) => {
    host.files.makeDirectory('/outside');
    for (const members of ESCAPES) {
      host.files.write('/outside/file', 'as it was');
      unpack(host, archiveOf(members), { layer: true });
      deepEqual([JSON.stringify(members), ...listTree(host, '/outside')], [JSON.stringify(members), 'file /outside/file']);
      equal(host.files.readText('/outside/file'), 'as it was');
      host.files.removeTree(PLACE);
    }
  }));

test('an archive that is cut anywhere is an error, or the whole of what it has', () =>
  insideRoot((host) => {
    const whole = archiveOf(EVERY_KIND);
    for (let length = 0; length < whole.length; length += length < 6000 ? 97 : 1913) {
      match(unpack(host, whole.slice(0, length), { layer: true }), /^unpacked$|: EBADMSG$/);
      host.files.removeTree(PLACE);
    }
    equal(unpack(host, whole, { layer: true }), 'unpacked');
  }));

test('every kind of member is put together again byte by byte from the journal', () =>
  insideRoot((host) => {
    // Content that a later member replaced is gone.
    const bytes = archiveOf(EVERY_KIND.filter(({ content }) => content !== 'again' && content !== 'four'));
    withDescriptor(host, '/journal', 'write', (journal) => equal(unpack(host, bytes, { layer: true, journal }), 'unpacked'));
    equal(assemble(host), bytes.length);
    deepEqual(host.files.readBytes('/again'), bytes);
  }));

test('a damaged journal is an error, wherever it is cut and whatever it asks for', () =>
  insideRoot((host) => {
    withDescriptor(host, '/journal', 'write', (journal) => unpack(host, archiveOf(EVERY_KIND.slice(0, 6)), { layer: true, journal }));
    const whole = host.files.readBytes('/journal');
    host.files.write('/secret', 'of the machine');
    host.files.symlink('/secret', `${PLACE}/out`);
    const forged = new Uint8Array([0x46, 14, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, ...encodeUtf8('../secret')]);
    const through = new Uint8Array([0x46, 14, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0x6f, 0x75, 0x74]);
    const cut = Array.from({ length: 20 }, (_, i) => whole.slice(0, Math.floor((whole.length * i) / 20)));
    for (const journal of [...cut, forged, through, new Uint8Array([0x7a])]) {
      host.files.write('/journal', journal);
      try {
        assemble(host);
      } catch (error) {
        ok(['EBADMSG', 'ENOENT', 'ELOOP'].includes(codeOf(error) ?? ''), messageOf(error));
      }
      ok(!decodeUtf8(host.files.readBytes('/again')).includes('of the machine'), 'it read what is outside');
    }
  }));

test('no damage to an archive makes its reader do more than fail', async () => {
  for (let number = 0; number < 150; number += 1) {
    const finding = await examine(inputOf(1, number));
    if (finding !== undefined) fail(`input ${number}: ${finding.what}`);
  }
});
