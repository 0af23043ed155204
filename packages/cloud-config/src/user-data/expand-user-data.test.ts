import { decodeBase64, decodeUtf8, encodeBase64, encodeUtf8, renderProblem } from '@drover/core';
import { deepEqual, equal, ok, test } from '@drover/testing';
import type { ExpandedUserData } from './expand-user-data.ts';
import { expandUserData } from './expand-user-data.ts';

/** "#cloud-config\nhostname: packed\n" */
const PACKED = decodeBase64('H4sIAAAAAAAC/1NOzskvTdFNzs9Ly0znysgvLslLzE21UihITM5OTeECAMG5vPMfAAAA')!;

function expand(text: string | Uint8Array, web: Readonly<Record<string, string | Uint8Array>> = {}): Promise<ExpandedUserData> {
  const bytes = typeof text === 'string' ? encodeUtf8(text) : text;
  return expandUserData(bytes, 's', (url) => {
    const body = web[url];
    if (body === undefined) return Promise.reject(new Error('404 Not Found'));
    return Promise.resolve(typeof body === 'string' ? encodeUtf8(body) : body);
  });
}

function shown({ parts, problems }: ExpandedUserData): string[] {
  return [...parts.map(({ kind, source, bytes }) => `${kind} from ${source}: ${JSON.stringify(decodeUtf8(bytes))}`), ...problems.map(renderProblem)];
}

const MIME = `Content-Type: multipart/mixed;
 boundary="==b=="
MIME-Version: 1.0

preamble
--==b==
Content-Type: text/cloud-config; charset="us-ascii"
Content-Transfer-Encoding: 7bit
Content-Disposition: attachment; filename="one.yml"

hostname: a
--==b==
Content-Type: text/x-shellscript
Content-Transfer-Encoding: base64

${encodeBase64(encodeUtf8('#!/bin/sh\necho é\n'))}
--==b==
Content-Transfer-Encoding: quoted-printable

#cloud-config
rancher: {environment: {A: "=C3=A9", B: "long =
line"}}

--==b==
Content-Type: text/cloud-boothook

#!/bin/sh
--==b==--
epilogue
`;

test('MIME user-data is taken apart in its order, by type and by first line', async () => {
  const expected = [
    'cloud-config from s, one.yml: "hostname: a"',
    'script from s, part 2: "#!/bin/sh\\necho é\\n"',
    'cloud-config from s, part 3: "#cloud-config\\nrancher: {environment: {A: \\"é\\", B: \\"long line\\"}}\\n"',
    's, part 4: error: a part of the type text/cloud-boothook is left out\n  hint: give it as text/cloud-config or text/x-shellscript',
  ];
  deepEqual(shown(await expand(MIME)), expected);
  deepEqual(shown(await expand(MIME.replace(/\n/g, '\r\n'))), expected);
});

test('parts within parts, and a part that is packed, are unpacked where they stand', async () => {
  const inner = `Content-Type: multipart/alternative; boundary=in\n\n--in\n\n#compose\nweb: {image: nginx}\n--in\nContent-Type: application/gzip\nContent-Transfer-Encoding: base64\n\n${encodeBase64(PACKED)}\n--in--\n`;
  deepEqual(shown(await expand(`Content-Type: multipart/mixed; boundary=out\n\n--out\n${inner}\n--out--\n`)), [
    'compose from s, part 1, part 1: "#compose\\nweb: {image: nginx}"',
    'cloud-config from s, part 1, part 2: "#cloud-config\\nhostname: packed\\n"',
  ]);
});

test('MIME user-data that is damaged is used as far as it goes, and said so', async () => {
  deepEqual(shown(await expand('Content-Type: multipart/mixed\n\n--x\n')), ['s: error: a multipart text without a boundary\n  hint: name it in the Content-Type of the first lines']);
  deepEqual(shown(await expand('Content-Type: multipart/mixed; boundary=x\n\n--x\n\n#cloud-config\n')), [
    'cloud-config from s, part 1: "#cloud-config\\n"',
    's: error: the last part is never closed: the text may have been cut',
  ]);
  deepEqual(shown(await expand('Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Transfer-Encoding: base64\n\n!!!\n--x--\n')), ['s: error: part 1: its content is not base64']);
});

test('gzip is unpacked before anything else; damage and bombs are refused', async () => {
  deepEqual(shown(await expand(PACKED)), ['cloud-config from s: "#cloud-config\\nhostname: packed\\n"']);
  deepEqual((await expand(PACKED.subarray(0, 30))).problems.map((one) => one.code), ['not-text']);
  // Each member is a text of 31 bytes: 600 KiB unpacked.
  const bomb = new Uint8Array(PACKED.length * 20_000);
  for (let at = 0; at < bomb.length; at += PACKED.length) bomb.set(PACKED, at);
  deepEqual((await expand(bomb)).problems.map(renderProblem), ['s: error: unpacked, it is larger than 512 KiB\n  hint: keep the user-data small and fetch the rest']);
});

test('includes are fetched in their order, and what they hold is expanded too', async () => {
  const web = { 'http://h/a': '#cloud-config\nhostname: a\n', 'https://h/b': PACKED, 'http://h/c': '#include-once\nhttp://h/a\n' };
  deepEqual(shown(await expand('#include\n# first\nhttp://h/a\r\n\nhttps://h/b\nhttp://h/c\nhttp://h/none\nfile:///etc/shadow\n', web)), [
    'cloud-config from http://h/a: "#cloud-config\\nhostname: a\\n"',
    'cloud-config from https://h/b: "#cloud-config\\nhostname: packed\\n"',
    'cloud-config from http://h/a: "#cloud-config\\nhostname: a\\n"',
    's: error: including http://h/none failed: 404 Not Found\n  hint: the other parts are used',
    's: error: "file:///etc/shadow" is no address that can be included\n  hint: begin it with http:// or https://',
  ]);
  const offline = await expandUserData(encodeUtf8('#include http://h/a\n'), 's');
  deepEqual([offline.needsNetwork, offline.parts, offline.problems], [true, [], []]);
});

test('what is wrong is told so many times and no more, and without characters that a terminal acts on', async () => {
  const many = await expand(`#include\n${'no-address\n'.repeat(5000)}`);
  deepEqual([many.problems.length, renderProblem(many.problems.at(-1)!)], [33, 's: error: more than 32 includes: the rest is left out\n  hint: put them into one file']);
  deepEqual((await expand(`#include\n${'#\n'.repeat(40_000)}`)).problems.map((one) => one.message), ['a list of includes larger than 64 KiB is left out']);
  const parts = await expand(`Content-Type: multipart/mixed; boundary=x\n\n${'--x\nContent-Type: text/jinja2\n\n\n'.repeat(5000)}--x--\n`);
  deepEqual([parts.problems.length, renderProblem(parts.problems.at(-1)!)], [51, 's: error: there are 15 more problems']);
  const odd = await expand('#include\nhttp://h/\u007fx\n', { 'http://h/\u007fx': 'hello' });
  equal(odd.problems[0]?.source, 'http://h/?x');
});

test('user-data that includes itself, and parts without end, come to an end', async () => {
  const loop = await expand('#include\nhttp://h/loop\n', { 'http://h/loop': '#include\nhttp://h/loop\nhttp://h/loop\n' });
  deepEqual(loop.parts, []);
  ok(loop.problems.length > 0 && loop.problems.length < 50, String(loop.problems.length));
  const many = await expand(`Content-Type: multipart/mixed; boundary=x\n\n${'--x\n\n#cloud-config\n'.repeat(5000)}--x--\n`);
  deepEqual([many.parts.length, many.problems.length], [64, 1]);
  let nested = '#cloud-config\n';
  for (let i = 0; i < 20; i += 1) nested = `Content-Type: multipart/mixed; boundary=x${i}\n\n--x${i}\n${nested}\n--x${i}--\n`;
  equal((await expand(nested)).problems[0]?.code, 'too-deep');
});
