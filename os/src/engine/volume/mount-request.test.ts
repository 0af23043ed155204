import { deepEqual, equal, rejects, test } from '@drover/testing';
import type { MountRecord } from '../container/container-record.ts';
import { parseBind, parseMode, parseMount, parseVolumesFrom } from './mount-request.ts';
import { planVolumes } from './plan-volumes.ts';

const path = (name: string): string => `/v/${name}/_data`;

/** A mount as one line. */
function print(mount: MountRecord): string {
  const words = [mount.type, mount.source || '-', mount.destination, mount.readWrite ? 'rw' : 'ro', mount.propagation || '-'];
  for (const flag of ['createSource', 'copyUp', 'anonymous'] as const) if (mount[flag] === true) words.push(flag);
  return [...words, mount.tmpfsOptions ?? ''].join(' ').trim();
}

test('binds and volumes are told apart and their modes understood', () => {
  const cases: Readonly<Record<string, string>> = {
    '/a:/b': 'bind /a /b rw rprivate createSource',
    '/a/:/b/../c/:ro': 'bind /a /c ro rprivate createSource',
    '/mnt:/mnt:shared': 'bind /mnt /mnt rw shared createSource',
    '/mnt:/mnt:rslave,ro,z': 'bind /mnt /mnt ro rslave createSource',
    'data:/d': 'volume /v/data/_data /d rw - copyUp',
    'data:/d:nocopy,ro': 'volume /v/data/_data /d ro -',
  };
  for (const [raw, expected] of Object.entries(cases)) equal(print(parseBind(raw, path)), expected);
});

test('a bind that cannot be understood is refused in the words of moby', async () => {
  const cases: Readonly<Record<string, string>> = {
    '': "invalid volume specification: ''",
    ':/b': "invalid volume specification: ':/b'",
    '/a:ro': "invalid volume specification: '/a:ro'",
    '/a:/b:ro:x': "invalid volume specification: '/a:/b:ro:x'",
    '/a:/b:odd': 'invalid mode: odd',
    '/a:/b:ro,rw': 'invalid mode: ro,rw',
    '/a:b': `invalid volume specification: '/a:b': invalid mount config for type "bind": invalid mount path: 'b' mount path must be absolute`,
    '/a:/': `invalid volume specification: '/a:/': invalid mount config for type "bind": invalid specification: destination can't be '/'`,
    'data:/d:shared': `invalid volume specification: 'data:/d:shared': invalid mount config for type "volume": field BindOptions must not be specified`,
  };
  for (const [raw, message] of Object.entries(cases)) equal((await rejects(() => parseBind(raw, path), 'invalid-parameter')).message, message);
  await rejects(() => parseBind('a/b:/c', path), 'invalid-parameter');
});

test('a mode has each kind of word at most once', () => {
  deepEqual(parseMode(''), { readWrite: true, propagation: undefined, copyUp: true });
  equal(parseMode('shared,slave'), undefined);
  equal(parseMode('x'), undefined);
});

test('--mount makes binds only from what exists, volumes with or without a name, and tmpfs', async () => {
  const parse = (request: object): string => print(parseMount(request, path, () => 'new', (source) => source === '/here'));
  equal(parse({ Type: 'bind', Source: '/here', Target: '/t', ReadOnly: true, BindOptions: { Propagation: 'rshared' } }), 'bind /here /t ro rshared');
  equal(parse({ Type: 'volume', Target: '/t' }), 'volume /v/new/_data /t rw - copyUp anonymous');
  equal(parse({ Type: 'tmpfs', Target: '/t', TmpfsOptions: { SizeBytes: 1024, Mode: 0o700 } }), 'tmpfs - /t rw - size=1024,mode=700');
  const bad: readonly (readonly [object, string])[] = [
    [{ Type: 'bind', Source: '/gone', Target: '/t' }, 'invalid mount config for type "bind": bind source path does not exist: /gone'],
    [{ Type: 'bind', Target: '/t' }, 'invalid mount config for type "bind": field Source must not be empty'],
    [{ Type: 'bind', Source: '/here' }, 'invalid mount config for type "bind": field Target must not be empty'],
    [{ Type: 'npipe', Target: '/t' }, 'invalid mount config for type "npipe": mount type unknown'],
  ];
  for (const [request, message] of bad) equal((await rejects(() => parse(request), 'invalid-parameter')).message, message);
});

test('volumes are taken from other containers with their mode narrowed', async () => {
  deepEqual(parseVolumesFrom('all:ro'), { container: 'all', readWrite: false });
  deepEqual(parseVolumesFrom('all'), { container: 'all', readWrite: undefined });
  await rejects(() => parseVolumesFrom('all:shared'), 'invalid-parameter');
  await rejects(() => parseVolumesFrom(''), 'invalid-parameter');
});

test('the mounts of a container: from others, then its own, then what its image wants and nobody gave', async () => {
  let count = 0;
  const other = [parseBind('/host/home:/home:ro', path), parseBind('/host/opt:/opt', path)];
  const plan = (config: object, hostConfig: object): string[] =>
    planVolumes(config, hostConfig, { volumePath: path, newVolumeName: () => `n${(count += 1)}`, sourceExists: () => true, mountsOf: () => other }).map(print);
  deepEqual(plan({ Volumes: { '/data': {}, '/opt': {}, '/own': {} } }, { VolumesFrom: ['all:ro'], Binds: ['/x:/own', '/y:/home'] }), [
    'bind /y /home rw rprivate createSource',
    'bind /host/opt /opt ro rprivate createSource',
    'bind /x /own rw rprivate createSource',
    'volume /v/n1/_data /data rw - copyUp anonymous',
  ]);
  const twice = await rejects(() => plan({}, { Binds: ['/x:/a', '/y:/a/'] }), 'invalid-parameter');
  equal(twice.message, 'Duplicate mount point: /a');
  await rejects(() => plan({}, { Binds: ['/x:/a'], Tmpfs: { '/a': '' } }), 'invalid-parameter');
});
