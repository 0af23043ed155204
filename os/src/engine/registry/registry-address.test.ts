import { deepEqual, equal, test } from '@drover/testing';
import { parseImageReference } from '../image/image-reference.ts';
import { findRegistry } from './registry-address.ts';
import { parseChallenge } from './registry-client.ts';

test('an image is looked for where its name says, and by plain HTTP on this machine and where that is allowed only', () => {
  const table: Readonly<Record<string, string>> = {
    'busybox': 'docker.io https://registry-1.docker.io/v2/library/busybox',
    'a/b:1': 'docker.io https://registry-1.docker.io/v2/a/b',
    'registry.local/a/b': 'registry.local https://registry.local/v2/a/b',
    'registry.local:5000/a': 'registry.local:5000 https://registry.local:5000/v2/a',
    'localhost:5000/a': 'localhost:5000 http://localhost:5000/v2/a',
    '127.0.0.1:5000/a': '127.0.0.1:5000 http://127.0.0.1:5000/v2/a',
    'plain.local/a': 'plain.local http://plain.local/v2/a',
  };
  for (const [text, expected] of Object.entries(table)) {
    const { name, base } = findRegistry(parseImageReference(text)!, ['plain.local']);
    equal(`${name} ${base}`, expected);
  }
});

test('what a registry asks for before it answers is understood', () => {
  deepEqual(parseChallenge('Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"'), {
    scheme: 'bearer', parameters: { realm: 'https://auth.docker.io/token', service: 'registry.docker.io', scope: 'repository:a/b:pull,push' },
  });
  deepEqual(parseChallenge('Basic realm="x y"'), { scheme: 'basic', parameters: { realm: 'x y' } });
  equal(parseChallenge(undefined), undefined);
});
