import { encodeBase64, encodeUtf8 } from '@drover/core';
import { FakeHost } from '@drover/host';
import { deepEqual, equal, rejects, test } from '@drover/testing';
import { parseImageReference } from '../image/image-reference.ts';
import { findRegistry } from './registry-address.ts';
import { describeFailure, parseChallenge } from './registry-client.ts';
import { findConfiguredLogin, parseLoginHeader, registryNameOf } from './registry-login.ts';
import { readAuthorities, readIdentity } from './registry-trust.ts';

test('an image is looked for where its name says, by plain HTTP on this machine and where that is allowed only, and first at the mirrors of Docker Hub', () => {
  const table: Readonly<Record<string, string>> = {
    'busybox': 'docker.io library/busybox http://m.local:1 https://registry-1.docker.io',
    'a/b:1': 'docker.io a/b http://m.local:1 https://registry-1.docker.io',
    'registry.local/a/b': 'registry.local a/b https://registry.local',
    'registry.local:5000/a': 'registry.local:5000 a https://registry.local:5000',
    'localhost:5000/a': 'localhost:5000 a https://localhost:5000! http://localhost:5000!',
    '127.9.9.9:5000/a': '127.9.9.9:5000 a https://127.9.9.9:5000! http://127.9.9.9:5000!',
    'plain.local/a': 'plain.local a https://plain.local! http://plain.local!',
    'port.local:1/a': 'port.local:1 a https://port.local:1! http://port.local:1!',
    'port.local:2/a': 'port.local:2 a https://port.local:2',
    '10.1.2.3/a': '10.1.2.3 a https://10.1.2.3! http://10.1.2.3!',
    '10.2.2.3/a': '10.2.2.3 a https://10.2.2.3',
  };
  const settings = { insecure: ['plain.local', 'port.local:1', '10.1.0.0/16'], mirrors: ['http://m.local:1/'] };
  for (const [text, expected] of Object.entries(table)) {
    const { name, path, endpoints } = findRegistry(parseImageReference(text)!, settings);
    equal([name, path, ...endpoints.map(({ origin, insecure }) => origin + (insecure ? '!' : ''))].join(' '), expected);
  }
  deepEqual(findRegistry({ repository: 'busybox' }, settings, 'push').endpoints.map(({ origin }) => origin), ['https://registry-1.docker.io']);
});

test('what a registry asks for before it answers is understood', () => {
  deepEqual(parseChallenge('Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"'), {
    scheme: 'bearer', parameters: { realm: 'https://auth.docker.io/token', service: 'registry.docker.io', scope: 'repository:a/b:pull,push' },
  });
  deepEqual(parseChallenge('Basic realm="x y"'), { scheme: 'basic', parameters: { realm: 'x y' } });
  equal(parseChallenge(undefined), undefined);
});

test('what a registry says is wrong is told in the form that Docker has for it', () => {
  equal(describeFailure('{"errors":[{"code":"DENIED","message":"requested access to the resource is denied","detail":[]},{"code":"MANIFEST_UNKNOWN"}]}'), 'denied: requested access to the resource is denied\nmanifest unknown: unknown error');
  equal(describeFailure(' <html>no</html> '), '<html>no</html>');
});

test('a login is what the client sends, in either alphabet of base64, and Docker Hub has many names', async () => {
  deepEqual(parseLoginHeader(encodeBase64(encodeUtf8('{"username":"a","password":"b>?"}')).replace(/\+/g, '-').replace(/\//g, '_')), { username: 'a', password: 'b>?' });
  deepEqual(parseLoginHeader(encodeBase64(encodeUtf8('{"auth":"YTpiOmM="}'))), { auth: 'YTpiOmM=', username: 'a', password: 'b:c' });
  deepEqual([parseLoginHeader(undefined), parseLoginHeader('')], [{}, {}]);
  await rejects(() => parseLoginHeader(encodeBase64(encodeUtf8('{'))), 'invalid-parameter');
  const names: Readonly<Record<string, string>> = { '': 'docker.io', 'https://index.docker.io/v1/': 'docker.io', 'registry-1.docker.io': 'docker.io', 'https://a.local:5000/v2/': 'a.local:5000', 'a.local': 'a.local' };
  for (const [address, name] of Object.entries(names)) equal(registryNameOf(address), name);
});

test('the configuration has a login for each registry, Docker Hub by its old address', () => {
  const auths = { 'https://index.docker.io/v1/': { auth: 'YTpi' }, 'a.local:5000': { username: 'u', password: 'p' } };
  const { files } = new FakeHost({ '/c': JSON.stringify({ rancher: { registry_auths: auths } }), '/empty': '{"rancher":{}}' });
  equal(findConfiguredLogin(files, '/c', 'docker.io').username, 'a');
  equal(findConfiguredLogin(files, '/c', 'a.local:5000').password, 'p');
  deepEqual([findConfiguredLogin(files, '/c', 'a.local'), findConfiguredLogin(files, '/empty', 'docker.io'), findConfiguredLogin(files, '/none', 'docker.io')], [{}, {}, {}]);
});

test('a registry is trusted by the certificates of the system and those of its own folder, and shown those that are for it', async () => {
  const { files } = new FakeHost({
    '/etc/ssl/certs/ca-certificates.crt': 'SYSTEM', '/etc/docker/certs.d/a:5000/ca.crt': 'OWN', '/etc/docker/certs.d/a:5000/me.cert': 'ME', '/etc/docker/certs.d/a:5000/me.key': 'KEY', '/etc/docker/certs.d/b/me.cert': 'ME',
  });
  deepEqual([readAuthorities(files, 'a:5000'), readAuthorities(files, 'a')], ['OWN\nSYSTEM', 'SYSTEM']);
  deepEqual([readIdentity(files, 'a:5000'), readIdentity(files, 'a')], [{ certificate: 'ME', key: 'KEY' }, undefined]);
  await rejects(() => readIdentity(files, 'b'), 'no-key');
  await rejects(() => readAuthorities(new FakeHost({}).files, 'a'), 'no-authorities');
});
