import { resolveConfiguration } from '@drover/cloud-config';
import { parseKernelWords, splitKernelLine } from '@drover/cloud-config';
import type { Configuration } from '@drover/cloud-config';
import { FakeHost } from '@drover/host';
import { deepEqual, equal, match, test } from '@drover/testing';
import { renderGreeting, renderMessageOfTheDay, renderOsRelease, renderPathProfile } from './greeting.ts';
import { parseRespawnTable } from './respawn.ts';
import { planTerminals, renderRespawnTable } from './respawn-table.ts';
import { waitForAddress } from './wait-for-address.ts';

function configuration(words: string): Configuration {
  return resolveConfiguration(parseKernelWords(splitKernelLine(words))).config;
}

test('logins run on the first terminals and on the serial lines that the kernel uses', () => {
  const all = (): boolean => true;
  deepEqual(planTerminals('quiet console=tty1 console=ttyS1,115200', all), ['tty1', 'tty2', 'ttyS1', 'ttyS0']);
  deepEqual(planTerminals('', (device) => device === '/dev/ttyAMA0' || device === '/dev/tty1'), ['tty1']);
});

test('automatic logins are exactly the named terminals, and can be switched off', () => {
  const table = renderRespawnTable(['tty1', 'ttyS0'], configuration('rancher.autologin=ttyS0'));
  equal(table, '/sbin/agetty --noclear tty1 linux\n/sbin/agetty --autologin rancher --keep-baud 115200,38400,9600 ttyS0 vt220\n/usr/sbin/sshd -D -e\n');
  equal(renderRespawnTable(['tty1'], configuration('rancher.autologin=tty1 rancher.disable=[autologin]')).includes('--autologin'), false);
});

test('sshd has the port, the address and the RSA key that the configuration gives it', () => {
  const daemon = (words: string): string => renderRespawnTable([], configuration(words));
  equal(daemon('rancher.ssh.port=2222 rancher.ssh.listen_address=10.0.2.15'), '/usr/sbin/sshd -D -e -p 2222 -o ListenAddress=10.0.2.15\n');
  equal(daemon('rancher.ssh.port=99999 "rancher.ssh.listen_address=a b"'), '/usr/sbin/sshd -D -e\n');
  equal(daemon('rancher.ssh.keys.rsa=x'), '/usr/sbin/sshd -D -e -h /etc/ssh/ssh_host_rsa_key\n');
  equal(daemon('rancher.ssh.daemon=false rancher.ssh.port=2222'), '\n');
});

test('who logs in reads what could not be done; folders of rancher.environment are on the path', () => {
  match(renderMessageOfTheDay(['Attention: x.'], ['mounts, /a: no answer', ...Array.from({ length: 6 }, () => 'x')]), /Attention: x\.\n[^]*mounts, \/a: no answer[^]*and 2 more/);
  equal(renderPathProfile({ PATH: '/opt/a,/opt/b; rm -rf /', path: '/c' }), 'export PATH=$PATH:/opt/a\nexport PATH=$PATH:/c\n');
});

test('a table is read without its comments', () => {
  deepEqual(parseRespawnTable('# x\n\n/sbin/agetty  tty1\n'), [['/sbin/agetty', 'tty1']]);
});

test('the greeting says how to log in, and says so when nobody can', () => {
  match(renderGreeting('1', configuration('rancher.password=x'), ['eth0'], false), /with the password of rancher\.password/);
  match(renderGreeting('1', configuration('rancher.ssh.port=2222 cc.ssh_authorized_keys=[k]'), ['eth0'], false), /ssh -p 2222 rancher@ADDRESS/);
  match(renderGreeting('1', configuration(''), [], true), /no network card[^]*nobody can yet[^]*in memory only/);
  match(renderGreeting('1', configuration('rancher.autologin=ttyS0'), ['eth0'], false), /only on ttyS0, by itself/);
});

test('the greeting of a terminal that logs in by itself waits shortly for an address by DHCP, and nothing else does', async () => {
  const card = { '/sys/class/net/eth0/device': '' };
  const state = (asksDhcp: boolean): Record<string, string> => ({ '/run/ros/network.json': JSON.stringify({ asksDhcp }) });
  const lease = { '/run/ros/leases/eth0@dhcp': JSON.stringify({ link: 'eth0', protocol: 'dhcp', metric: 1 }) };
  const waited = async (words: string, files: Readonly<Record<string, string>>): Promise<number> => {
    const host = new FakeHost({ '/sys/class/net/lo/mtu': '', ...files });
    const began = host.clock.monotonic();
    await waitForAddress(host, configuration(words));
    return host.clock.monotonic() - began;
  };
  equal(await waited('rancher.autologin=tty1', { ...card, ...state(true) }), 2000);
  equal(await waited('rancher.autologin=tty1', card), 2000);
  deepEqual(await Promise.all([
    waited('', { ...card, ...state(true) }), waited('rancher.autologin=tty1 rancher.disable=[autologin]', card), waited('rancher.autologin=tty1', {}),
    waited('rancher.autologin=tty1', { ...card, ...state(false) }), waited('rancher.autologin=tty1', { ...card, ...state(true), ...lease }),
  ]), [0, 0, 0, 0, 0]);
});

test('os-release is the one that docker-machine looks for', () => {
  match(renderOsRelease('0.1.0'), /^NAME="RancherOS"\nVERSION=0\.1\.0\nID=rancheros\n/);
});
