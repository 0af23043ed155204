import { deepEqual, equal, rejects, test } from '@drover/testing';
import { describeUrl, hostAndPort, parseUrl, resolveUrl } from './url.ts';

test('addresses are taken apart', () => {
  const table: Readonly<Record<string, unknown>> = {
    'http://h': { scheme: 'http', host: 'h', port: 80, target: '/' },
    'HTTPS://Example.ORG:8443/a b?c=ä#d': { scheme: 'https', host: 'example.org', port: 8443, target: '/a%20b?c=%C3%A4' },
    'http://[fd00::1]:81?x': { scheme: 'http', host: 'fd00::1', port: 81, target: '/?x' },
    'http://me:p%40ss@h/%20': { scheme: 'http', host: 'h', port: 80, target: '/%20', login: 'me:p@ss' },
  };
  for (const [text, url] of Object.entries(table)) deepEqual(parseUrl(text) as unknown, url);
});

test('what is no address of the web is refused', async () => {
  for (const text of ['', 'h', 'ftp://h/', 'http://', 'http://h:0/', 'http://h:70000/', 'http://a b/', 'http://h\n/', 'file:///etc/shadow', `http://h/${'x'.repeat(5000)}`]) await rejects(() => parseUrl(text), 'bad-url');
});

test('a redirect is seen from where it was given', () => {
  const base = parseUrl('https://me:secret@h/a/b?c');
  const table: Readonly<Record<string, string>> = {
    'http://other/x': 'http://other/x', '//other/x': 'https://other/x', '/x/': 'https://h/x/', 'x?y': 'https://h/a/x?y', '../x': 'https://h/x', '../../../x': 'https://h/x', '?q': 'https://h/a?q', '/#f': 'https://h/',
  };
  for (const [location, expected] of Object.entries(table)) {
    const url = resolveUrl(base, location);
    equal(`${location} -> ${url.scheme}://${hostAndPort(url)}${url.target}`, `${location} -> ${expected}`);
  }
});

test('a message shows neither login nor query', () => {
  equal(describeUrl(parseUrl('https://me:secret@h:444/a?token=x')), 'https://h:444/a');
});
