import { FakeFiles } from '@drover/host';
import { deepEqual, equal, rejects, test } from '@drover/testing';
import { parseImageReference, renderImageReference } from './image-reference.ts';
import { ImageStore } from './image-store.ts';
import { readPreload } from './preload.ts';

const A = `sha256:aa11${'0'.repeat(60)}`;
const B = `sha256:aa22${'0'.repeat(60)}`;

function store(): ImageStore {
  const images = new ImageStore();
  const common = { createdAt: '', architecture: 'amd64', sizeBytes: 1, layers: [], config: {} };
  images.add({ ...common, id: A, repoTags: ['drover/os-console:0.1.0', 'drover/os-console:latest'] });
  images.add({ ...common, id: B, repoTags: ['docker.io/library/busybox'] });
  return images;
}

test('names of images are read and written as Docker does it', () => {
  const cases: Readonly<Record<string, string | undefined>> = {
    'busybox': 'busybox:latest',
    'docker.io/library/busybox:1': 'busybox:1',
    'docker.io/a/b': 'a/b:latest',
    'registry.local:5000/a': 'registry.local:5000/a:latest',
    [`a@sha256:${'1'.repeat(64)}`]: `a@sha256:${'1'.repeat(64)}`,
    'Upper': undefined,
    'a:': undefined,
    'a b': undefined,
    '': undefined,
    'a@sha256:1': undefined,
  };
  for (const [text, expected] of Object.entries(cases)) {
    const reference = parseImageReference(text);
    equal(reference && renderImageReference(reference), expected);
  }
});

test('an image is found by its names, by its id and by the beginning of it', () => {
  const images = store();
  for (const name of ['drover/os-console:0.1.0', 'drover/os-console', A, A.slice(7), 'aa11']) equal(images.find(name)?.id, A);
  for (const name of ['busybox', 'library/busybox:latest', 'aa22']) equal(images.find(name)?.id, B);
  for (const name of ['aa', 'busybox:2', 'none', 'sha256:ff']) equal(images.find(name), undefined);
});

test('a tag moves to the image that has it last', () => {
  const images = store();
  images.add({ ...images.get(A)!, repoTags: ['busybox:latest'] });
  equal(images.find('busybox')?.id, A);
  deepEqual(images.tagsOf(images.get(B)!), []);
});

test('an image that is not there is reported in the words of moby', async () => {
  equal((await rejects(() => store().require('none'), 'not-found')).message, 'No such image: none:latest');
  equal((await rejects(() => store().require('Bad Name'), 'invalid-parameter')).message, 'invalid reference format');
});

test('preloaded images are used in place, and a damaged one does not hide the others', () => {
  const good = { id: A, repoTags: ['a:1'], layers: ['base', '/abs'], config: { Cmd: ['sh'] } };
  const files = new FakeFiles({ '/p/images.json': JSON.stringify({ images: [good, { ...good, id: 'x' }, { ...good, id: B, layers: ['gone'] }] }), '/p/base/f': '', '/abs/f': '' });
  const { images, problems } = readPreload(files, '/p');
  deepEqual(images.map((image) => image.layers), [['/p/base', '/abs']]);
  deepEqual(problems.map((one) => one.message), ['image a:1: its id is not sha256:<64 hexadecimal digits>', 'image a:1: its layer /p/gone is not a folder']);
});

test('a folder without a usable images.json gives no images and says why', () => {
  for (const [text, why] of [['{', /not JSON/], ['{}', /no list/]] as const) {
    const { images, problems } = readPreload(new FakeFiles({ '/p/images.json': text }), '/p');
    equal(images.length, 0);
    equal(why.test(problems[0]!.message), true);
  }
  equal(readPreload(new FakeFiles(), '/p').problems.length, 1);
});
