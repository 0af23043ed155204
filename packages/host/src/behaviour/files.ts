import { deepEqual, equal, ok, rejects } from '@drover/testing';
import type { Behaviour } from './behaviour.ts';
import { until } from './behaviour.ts';

export const fileBehaviours: readonly Behaviour[] = [
  {
    title: 'text is read as it was written, as UTF-8',
    check({ files }, folder) {
      files.write(`${folder}/a`, 'grüße\n');
      equal(files.readText(`${folder}/a`), 'grüße\n');
      equal(files.stat(`${folder}/a`)?.sizeBytes, 8);
    },
  },
  {
    title: 'an absent file is undefined for readTextIfPresent and ENOENT for the others',
    async check({ files }, folder) {
      equal(files.readTextIfPresent(`${folder}/none`), undefined);
      equal(files.readTextIfPresent(`${folder}/none/deeper`), undefined);
      equal(files.stat(`${folder}/none`), undefined);
      equal(files.exists(`${folder}/none`), false);
      await rejects(() => files.readText(`${folder}/none`), 'ENOENT');
      await rejects(() => files.list(`${folder}/none`), 'ENOENT');
    },
  },
  {
    title: 'readBytes stops at its limit',
    check({ files }, folder) {
      files.write(`${folder}/a`, '0123456789');
      deepEqual(files.readBytes(`${folder}/a`, 4), Uint8Array.of(48, 49, 50, 51));
      equal(files.readBytes(`${folder}/a`, 400).length, 10);
    },
  },
  {
    title: 'writeAtomic and replace give the mode that was asked for and leave nothing aside',
    check({ files }, folder) {
      files.writeAtomic(`${folder}/a`, 'one', { mode: 0o600 });
      files.replace(`${folder}/b`, 'two', { mode: 0o666 });
      equal(files.stat(`${folder}/a`)?.mode, 0o600);
      equal(files.stat(`${folder}/b`)?.mode, 0o666);
      deepEqual(files.list(folder), ['a', 'b']);
    },
  },
  {
    title: 'writeAtomic leaves alone what another process has aside for the same file',
    check({ files }, folder) {
      const theirs = Array.from({ length: 40 }, (_, i) => `${folder}/.a.${i}.tmp`);
      for (const path of theirs) files.write(path, 'theirs');
      files.writeAtomic(`${folder}/a`, 'ours');
      equal(files.readText(`${folder}/a`), 'ours');
      for (const path of theirs) equal(files.readText(path), 'theirs');
    },
  },
  {
    title: 'overwriting a text leaves the file the same, whether it gets longer or shorter',
    check({ files }, folder) {
      const path = `${folder}/text`;
      for (const text of ['one\n', 'longer ä\n', 's\n', '']) {
        files.overwriteText(path, text);
        equal(files.readText(path), text);
      }
      const { inode } = files.stat(path)!;
      files.overwriteText(path, 'again\n');
      equal(files.stat(path)!.inode, inode);
    },
  },
  {
    title: 'append adds at the end, write begins anew',
    check({ files }, folder) {
      files.append(`${folder}/a`, 'one');
      files.append(`${folder}/a`, '-two');
      equal(files.readText(`${folder}/a`), 'one-two');
      files.write(`${folder}/a`, 'x');
      equal(files.readText(`${folder}/a`), 'x');
    },
  },
  {
    title: 'an open file reads on, reads at a position and knows its size',
    check({ files }, folder) {
      files.write(`${folder}/a`, 'abcdef');
      const file = files.open(`${folder}/a`, 'read');
      const three = new Uint8Array(3);
      equal(file.read(three), 3);
      equal(file.read(three), 3);
      deepEqual(three, Uint8Array.of(100, 101, 102));
      equal(file.read(three), 0);
      equal(file.readAt(three, 1), 3);
      deepEqual(three, Uint8Array.of(98, 99, 100));
      equal(file.sizeBytes(), 6);
      file.close();
    },
  },
  {
    title: 'makeDirectory makes parents and does not mind what is there, but a file in the way is EEXIST',
    async check({ files }, folder) {
      files.makeDirectory(`${folder}/a/b/c`, 0o700);
      files.makeDirectory(`${folder}/a/b/c`);
      equal(files.stat(`${folder}/a/b`)?.type, 'directory');
      files.write(`${folder}/file`, '');
      await rejects(() => files.makeDirectory(`${folder}/file`), 'EEXIST');
    },
  },
  {
    title: 'remove takes a file or an empty directory, and absence for an answer',
    async check({ files }, folder) {
      files.write(`${folder}/a`, '');
      files.makeDirectory(`${folder}/b/c`);
      files.remove(`${folder}/a`);
      files.remove(`${folder}/b/c`);
      files.remove(`${folder}/none`);
      deepEqual(files.list(folder), ['b']);
      files.write(`${folder}/b/file`, '');
      await rejects(() => files.remove(`${folder}/b`), 'ENOTEMPTY');
    },
  },
  {
    title: 'removeTree never follows a symbolic link',
    check({ files }, folder) {
      files.makeDirectory(`${folder}/tree/deep`);
      files.makeDirectory(`${folder}/kept`);
      files.write(`${folder}/kept/file`, 'kept');
      files.symlink(`${folder}/kept`, `${folder}/tree/deep/link`);
      files.removeTree(`${folder}/tree`);
      files.removeTree(`${folder}/none`);
      deepEqual(files.list(folder), ['kept']);
      equal(files.readText(`${folder}/kept/file`), 'kept');
    },
  },
  {
    title: 'stat follows links, lstat does not, readLink and realPath tell where they lead',
    check({ files }, folder) {
      files.write(`${folder}/a`, '');
      files.symlink('a', `${folder}/link`);
      files.symlink('nowhere', `${folder}/dangling`);
      equal(files.stat(`${folder}/link`)?.type, 'file');
      equal(files.lstat(`${folder}/link`)?.type, 'symlink');
      equal(files.readLink(`${folder}/link`), 'a');
      equal(files.realPath(`${folder}/link`), files.realPath(`${folder}/a`));
      equal(files.exists(`${folder}/dangling`), false);
    },
  },
  {
    title: 'rename replaces its target, and a hard link is the same file',
    check({ files }, folder) {
      files.write(`${folder}/a`, 'a');
      files.write(`${folder}/b`, 'b');
      files.rename(`${folder}/a`, `${folder}/b`);
      equal(files.readText(`${folder}/b`), 'a');
      files.link(`${folder}/b`, `${folder}/c`);
      equal(files.stat(`${folder}/c`)?.inode, files.stat(`${folder}/b`)?.inode);
    },
  },
  {
    title: 'device nodes have their numbers',
    check({ files }) {
      const status = files.stat('/dev/null');
      deepEqual([status?.type, status?.major, status?.minor], ['character', 1, 3]);
    },
  },
  {
    title: 'changeMode sets all permission bits, fileSystem knows its size',
    check({ files }, folder) {
      files.write(`${folder}/a`, '');
      files.changeMode(`${folder}/a`, 0o4755);
      equal(files.stat(`${folder}/a`)?.mode, 0o4755);
      ok(files.fileSystem(folder).sizeBytes > 0);
    },
  },
  {
    title: 'a watched directory tells which entries appear',
    async check(host, folder) {
      const names = new Set<string>();
      const watch = host.files.watchDirectory(folder, (name) => names.add(name));
      host.files.write(`${folder}/new`, 'x');
      host.files.replace(`${folder}/replaced`, 'x');
      await until(host, () => names.has('new') && names.has('replaced'));
      watch.close();
      const told = [...names].join(' ');
      ok(names.has('new') && names.has('replaced'), `told: ${told}`);
      // A power cut may leave it behind, where every file counts.
      ok([...names].every((name) => name === 'new' || name === 'replaced' || name.startsWith('.')), `what replace has aside is hidden; told: ${told}`);
    },
  },
  {
    title: 'a watched file tells that it grows',
    async check(host, folder) {
      host.files.write(`${folder}/log`, '');
      let told = 0;
      const watch = host.files.watchFile(`${folder}/log`, () => (told += 1));
      host.files.append(`${folder}/log`, 'line\n');
      await until(host, () => told > 0);
      watch.close();
      ok(told > 0);
    },
  },
];
