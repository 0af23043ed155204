import { decodeBase64, decodeUtf8, encodeBase64, encodeUtf8 } from '@drover/core';
import type { RunResult } from '@drover/host';
import { FakeFiles } from '@drover/host';
import { deepEqual, equal, rejects, test } from '@drover/testing';
import { loginHeader, registryOf, RegistryLogins } from './registry-logins.ts';

const REGISTRIES: readonly (readonly [string, string])[] = [
  ['busybox', 'https://index.docker.io/v1/'],
  ['library/busybox:1', 'https://index.docker.io/v1/'],
  ['docker.io/library/busybox', 'https://index.docker.io/v1/'],
  ['ghcr.io/a/b:1', 'ghcr.io'],
  ['localhost/a', 'localhost'],
  ['localhost:5000/a@sha256:0', 'localhost:5000'],
];

for (const [image, registry] of REGISTRIES) {
  test(`the login for ${image} is that of ${registry}`, () => equal(registryOf(image), registry));
}

const encoded = (text: string): string => encodeBase64(encodeUtf8(text));

/** `helpers` answer by program and registry. */
function logins(config: unknown, helpers: Readonly<Record<string, { readonly code?: number; readonly says: string }>> = {}): RegistryLogins {
  const files = new FakeFiles({ '/c/config.json': typeof config === 'string' ? config : JSON.stringify(config) });
  const run = ([program]: readonly string[], { input }: { readonly input: string }): Promise<RunResult> => {
    const { code = 0, says } = helpers[`${program!} ${input}`] ?? { code: 1, says: 'credentials not found in native keychain\n' };
    return Promise.resolve({ code, stdout: says, stderr: '', timedOut: false });
  };
  return new RegistryLogins({ files, processes: { run } as never }, '/c/config.json');
}

test('a login stands in the file: as user and password, as a token, under an address of the older form', async () => {
  const known = logins({ auths: { 'ghcr.io': { auth: encoded('me:pass:word') }, 'quay.io': { auth: encoded('me:'), identitytoken: 'tok' }, 'https://old.example/v1/': { auth: encoded('you:x') }, 'https://index.docker.io/v1/': { username: 'hub', password: 'h' } } });
  deepEqual(await known.forImage('ghcr.io/a/b'), { username: 'me', password: 'pass:word', serveraddress: 'ghcr.io' });
  deepEqual(await known.forImage('quay.io/a'), { username: 'me', identitytoken: 'tok', serveraddress: 'quay.io' });
  deepEqual(await known.forImage('old.example/a'), { username: 'you', password: 'x', serveraddress: 'old.example' });
  deepEqual(await known.forImage('busybox'), { username: 'hub', password: 'h', serveraddress: 'https://index.docker.io/v1/' });
  equal(await known.forImage('elsewhere.example/a'), undefined);
});

test('a credential helper is asked, the one of the registry before the one for all', async () => {
  const known = logins({ credsStore: 'all', credHelpers: { 'ghcr.io': 'one' }, auths: { 'quay.io': {} } }, {
    'docker-credential-one ghcr.io': { says: '{"Username":"me","Secret":"s"}' },
    'docker-credential-all quay.io': { says: '{"Username":"<token>","Secret":"tok"}' },
    'docker-credential-all broken.example': { code: 3, says: 'no keyring' },
    'docker-credential-all odd.example': { says: 's3cret' },
  });
  deepEqual(await known.forImage('ghcr.io/a'), { username: 'me', password: 's', serveraddress: 'ghcr.io' });
  deepEqual(await known.forImage('quay.io/a'), { identitytoken: 'tok', serveraddress: 'quay.io' });
  equal(await known.forImage('unknown.example/a'), undefined);
  deepEqual(Object.keys(await known.all()), ['quay.io', 'ghcr.io']);
  equal((await rejects(() => known.forImage('broken.example/a'), 'credential-helper')).message, 'docker-credential-all, which /c/config.json names for broken.example, ended with 3: no keyring');
  equal((await rejects(() => known.forImage('odd.example/a'), 'credential-helper')).message.includes('s3cret'), false);
});

test('a file that is none of docker login is told', async () => {
  await rejects(() => logins('{'), 'bad-docker-config');
  await rejects(() => logins({ auths: { 'ghcr.io': { auth: encoded('nobody') } } }).forImage('ghcr.io/a'), 'bad-docker-config');
});

test('no file: no logins', async () => {
  equal(await new RegistryLogins({ files: new FakeFiles({}), processes: {} as never }, '/c/config.json').forImage('busybox'), undefined);
});

test('the header is JSON in the alphabet for addresses', () => {
  const header = loginHeader({ username: '??>>', password: 'ÿÿÿ~~~' });
  equal(/[+/]/.test(header), false);
  equal(decodeUtf8(decodeBase64(header)!), '{"username":"??>>","password":"ÿÿÿ~~~"}');
});
