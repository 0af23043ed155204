import { deepEqual, equal, rejects, test } from '@drover/testing';
import { HttpHeaders } from './headers.ts';
import { parseRequestHead, parseResponseHead, renderRequestHead, renderResponseHead } from './head.ts';
import { Query, renderQuery, splitTarget } from './query.ts';

test('a request head becomes its parts, names in any case, LF alone as line end too', () => {
  const head = parseRequestHead('POST /v1.45/x?a=1 HTTP/1.1\r\nHost: docker\nCONTENT-length:  12 \r\n\r\n');
  equal(`${head.method} ${head.target} ${head.version}`, 'POST /v1.45/x?a=1 11');
  equal(head.headers.get('content-length'), '12');
  equal(head.headers.get('accept'), undefined);
});

test('malformed heads are refused', async () => {
  const bad: Readonly<Record<string, string>> = {
    'GET /\r\n\r\n': 'http-syntax',
    'GET  / HTTP/1.1\r\n\r\n': 'http-syntax',
    'GET / HTTP/2.0\r\n\r\n': 'http-syntax',
    'GET relative HTTP/1.1\r\n\r\n': 'http-syntax',
    'G(T / HTTP/1.1\r\n\r\n': 'http-syntax',
    'GET / HTTP/1.1\r\nno colon\r\n\r\n': 'http-syntax',
    'GET / HTTP/1.1\r\nHost : x\r\n\r\n': 'http-syntax',
    'GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n': 'http-syntax',
    [`GET / HTTP/1.1\r\n${'a: b\r\n'.repeat(200)}\r\n`]: 'http-too-large',
  };
  for (const [text, code] of Object.entries(bad)) await rejects(() => parseRequestHead(text), code);
  for (const text of ['HTTP/1.1 2x0 OK\r\n\r\n', 'hello\r\n\r\n', 'HTTP/1.1 20 OK\r\n\r\n']) await rejects(() => parseResponseHead(text), 'http-syntax');
});

test('a status line may lack its reason', () => {
  equal(parseResponseHead('HTTP/1.1 204\r\n\r\n').status, 204);
  equal(parseResponseHead('HTTP/1.0 404 Not Found\r\n\r\n').reason, 'Not Found');
});

test('heads are rendered with their fields in order', () => {
  const headers = new HttpHeaders([['A', '1'], ['B', '2']]);
  equal(renderRequestHead('GET', '/x', headers), 'GET /x HTTP/1.1\r\nA: 1\r\nB: 2\r\n\r\n');
  equal(renderResponseHead(101, headers), 'HTTP/1.1 101 UPGRADED\r\nA: 1\r\nB: 2\r\n\r\n');
});

test('list fields are joined and searched without regard to case', () => {
  const headers = new HttpHeaders([['Connection', 'keep-alive, Upgrade'], ['connection', 'x']]);
  deepEqual(headers.getList('CONNECTION'), ['keep-alive', 'Upgrade', 'x']);
  equal(headers.hasWord('connection', 'upgrade'), true);
  equal(headers.hasWord('connection', 'close'), false);
});

test('a target is split into path and query, with or without an origin', () => {
  const { path, query } = splitTarget('http://docker/v1.45/containers/json?all=1&filters=%7B%22a%22%3A%5B%5D%7D&t=a+b&t=c');
  equal(path, '/v1.45/containers/json');
  equal(query.get('filters'), '{"a":[]}');
  deepEqual(query.getAll('t'), ['a b', 'c']);
  equal(query.get('none'), '');
});

test('switches in a query are read as the Docker API reads them', () => {
  const query = new Query('a=1&b=0&c=false&d=True&e=&f');
  deepEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => query.isOn(name)), [true, false, false, true, false, false, false]);
  equal(query.isOn('g', true), true);
});

test('a broken escape in a query is a malformed request', async () => {
  await rejects(() => new Query('a=%zz'), 'http-syntax');
});

test('a query is rendered with what is defined, lists repeated', () => {
  equal(renderQuery({ a: 1, b: undefined, c: ['x y', '&'], d: true }), '?a=1&c=x%20y&c=%26&d=true');
  equal(renderQuery({ a: undefined }), '');
});
