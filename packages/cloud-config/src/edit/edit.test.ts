import { toValue } from '@drover/yaml';
import { deepEqual, equal, rejects, test } from '@drover/testing';
import { dropSecrets } from './drop-secrets.ts';
import { parseRaw } from '../parse-cloud-config.ts';
import { setValue } from './set-value.ts';

test('a key is set, its maps are made, and what was there stays', () => {
  const tree = { rancher: { debug: true } };
  deepEqual(setValue(tree, ['rancher', 'docker', 'tls'], true), { rancher: { debug: true, docker: { tls: true } } });
  deepEqual(setValue(tree, ['hostname'], null), { rancher: { debug: true }, hostname: null });
  deepEqual(tree, { rancher: { debug: true } });
  deepEqual(setValue({ rancher: null }, ['rancher', 'debug'], true), { rancher: { debug: true } });
});

test('a value in the way, an empty name and a forbidden one are refused', async () => {
  equal((await rejects(() => setValue({ hostname: 'a' }, ['hostname', 'b'], 1), 'not-a-map')).message, 'hostname has a value, and so cannot have b below it');
  await rejects(() => setValue({}, ['rancher', ''], 1), 'bad-key');
  await rejects(() => setValue({}, ['__proto__', 'x'], 1), 'bad-key');
});

test('what is written again keeps its text where the schema wants text, and its number where it wants one', () => {
  const text = 'write_files: [{path: /a, permissions: 0644, content: 1.10}]\nwrite-files: [{permissions: 0600}]\nruncmd: [[chmod, 0755, /a], 0x10]\nmounts: [[a, b, c, 010]]\n' +
    'rancher: {password: 0123, shutdown_timeout: 060, debug: yes, sysctl: {a: 1_0, b: 5, c: on}, docker: {extra_args: 0x1}, services: {web: {mode: 0755}}}\nunknown: 010\n';
  const written = toValue(parseRaw(text, 'f').root);
  deepEqual(written, {
    write_files: [{ path: '/a', permissions: '0644', content: '1.10' }], 'write-files': [{ permissions: '0600' }], runcmd: [['chmod', '0755', '/a'], '0x10'], mounts: [['a', 'b', 'c', '010']],
    rancher: { password: '0123', shutdown_timeout: 48, debug: true, sysctl: { a: '1_0', b: 5, c: 'on' }, docker: { extra_args: '0x1' }, services: { web: { mode: 493 } } }, unknown: 8,
  });
});

test('the password is never shown, private keys only when they are asked for, and an emptied map falls away', () => {
  const value = { hostname: 'a', rancher: { password: 'x', autologin: ['tty1'], docker: { ca_key: 'k', debug: true }, ssh: { keys: { rsa: 'r' } }, unknown: { password: 'y' } } };
  deepEqual(dropSecrets(value, false), { hostname: 'a', rancher: { docker: { debug: true }, unknown: { password: 'y' } } });
  deepEqual(dropSecrets(value, true), { hostname: 'a', rancher: { docker: { ca_key: 'k', debug: true }, ssh: { keys: { rsa: 'r' } }, unknown: { password: 'y' } } });
});
