// User Docker over the network: TLS, and only for those who have a certificate of the machine's authority.

import { scenario } from '../../harness/scenario.ts';
import type { Scenario } from '../../harness/scenario.ts';
import { expectContains, expectEqual, expectLacks } from '../../harness/expect.ts';
import { eventually } from '../../eventually.ts';
import { waitUserDocker } from '../../product/busybox-image.ts';
import { standard } from '../setups.ts';

export const tls: readonly Scenario[] = [
  scenario('Docker serves TLS after ros tls generate and a restart, to certificates of its own authority alone', { on: standard, leaves: 'dirty', minutes: 0.5 }, async ({ machine }) => {
    await waitUserDocker(machine);
    await machine.ssh.ok('sudo ros tls gen --server -H localhost && sudo ros tls gen && sudo ros c set rancher.docker.tls true');
    expectEqual((await machine.ssh.run('docker --tlsverify version')).code === 0, false, 'Docker answered over TLS before its restart');
    await machine.ssh.ok('sudo system-docker restart docker');
    const answer = await eventually('Docker answers over TLS', 120_000, () => machine.ssh.ok('docker --tlsverify version'));
    for (const part of ['Client', 'Server']) expectContains(answer, part);
    expectContains(await machine.ssh.ok('docker version && docker --tlsverify -H tcp://127.0.0.1:2376 version'), 'Server');
    expectEqual(await machine.ssh.ok("stat -c '%a %U' ~/.docker ~/.docker/key.pem; sudo stat -c '%a %U' /etc/docker/tls /etc/docker/tls/server-key.pem"), '700 rancher\n600 rancher\n700 root\n600 root\n');

    const plain = await machine.ssh.run('docker -H tcp://localhost:2376 version 2>&1');
    expectContains(plain.stdout, 'HTTP request to an HTTPS server');
    await machine.ssh.ok("for key in ca_cert ca_key; do sudo ros config set rancher.docker.$key ''; done; sudo ros tls generate --dir /home/rancher/stranger");
    const stranger = await machine.ssh.run('docker --tlsverify --tlscacert ~/.docker/ca.pem --tlscert ~/stranger/cert.pem --tlskey ~/stranger/key.pem version 2>&1');
    expectContains(stranger.stdout, /remote error: tls/);
    expectEqual(stranger.code === 0, false, 'Docker answered a certificate of another authority');
    expectLacks(await machine.ssh.ok('sudo ros config export'), 'PRIVATE KEY', 'the export');
    expectContains(await machine.ssh.ok('sudo ros config export --private'), 'PRIVATE KEY');
  }),
];
