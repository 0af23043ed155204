import { deepEqual, equal, rejects, test } from '@drover/testing';
import { dropSecrets } from './drop-secrets.ts';
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

test('the password is never shown, private keys only when they are asked for, and an emptied map falls away', () => {
  const value = { hostname: 'a', rancher: { password: 'x', autologin: ['tty1'], docker: { ca_key: 'k', debug: true }, ssh: { keys: { rsa: 'r' } }, unknown: { password: 'y' } } };
  deepEqual(dropSecrets(value, false), { hostname: 'a', rancher: { docker: { debug: true }, unknown: { password: 'y' } } });
  deepEqual(dropSecrets(value, true), { hostname: 'a', rancher: { docker: { ca_key: 'k', debug: true }, ssh: { keys: { rsa: 'r' } }, unknown: { password: 'y' } } });
});
