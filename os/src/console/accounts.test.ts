import { FakeHost } from '@drover/host';
import { equal, rejects, test } from '@drover/testing';
import { mergeAuthorizedKeys, setPassword, writeAuthorizedKeys } from './accounts.ts';

test('configured keys are added once, and keys that were there stay', () => {
  equal(mergeAuthorizedKeys('', ['ssh-ed25519 A me', 'ssh-ed25519 A me']), 'ssh-ed25519 A me\n');
  equal(mergeAuthorizedKeys('ssh-rsa OLD', ['ssh-ed25519 A']), 'ssh-rsa OLD\nssh-ed25519 A\n');
  equal(mergeAuthorizedKeys('ssh-ed25519 A\n', ['ssh-ed25519 A']), 'ssh-ed25519 A\n');
  equal(mergeAuthorizedKeys('', ['  ']), '');
});

test('the files belong to their user and nobody else may read them', () => {
  const host = new FakeHost({ '/home/rancher/x': '' });
  writeAuthorizedKeys(host, { name: 'rancher', id: 1100 }, ['ssh-ed25519 A']);
  equal(host.files.readText('/home/rancher/.ssh/authorized_keys'), 'ssh-ed25519 A\n');
  equal(host.files.stat('/home/rancher/.ssh/authorized_keys')?.mode, 0o600);
  equal(host.files.stat('/home/rancher/.ssh')?.mode, 0o700);
  equal(host.files.stat('/home/rancher/.ssh/authorized_keys')?.uid, 1100);
});

test('a password goes through the input of chpasswd, and its failure is reported without the password', async () => {
  const host = new FakeHost();
  let seen = '';
  host.processes.programs['/usr/sbin/chpasswd'] = (_, input) => ((seen = input), {});
  await setPassword(host, 'rancher', 'secret');
  equal(seen, 'rancher:secret\n');
  equal(host.processes.ran[0], '/usr/sbin/chpasswd');
  host.processes.programs['/usr/sbin/chpasswd'] = () => ({ code: 1, stderr: 'no such user' });
  const error = await rejects(() => setPassword(host, 'rancher', 'secret'), 'password');
  equal(error.message.includes('secret'), false);
});
