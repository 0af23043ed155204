// `ros tls generate`, judged by OpenSSL.

import { spawnSync } from 'node:child_process';
import { equal, match } from '@drover/testing';
import type { NativeTest } from './native-test.ts';

/** What `openssl verify` says about one certificate. */
function verify(authority: string, certificate: string, ...options: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync('openssl', ['verify', '-x509_strict', '-CAfile', authority, ...options, certificate], { encoding: 'utf8' });
  return status === 0 ? 'good' : `${stdout}${stderr}`;
}

export const certificateTests: readonly NativeTest[] = [
  {
    title: 'certificates of ros tls generate pass OpenSSL for what they are made for, and for nothing else',
    async run(machine) {
      const make = async (...args: string[]): Promise<void> => {
        const { code, stderr } = await machine.run(['ros', 'tls', 'generate', ...args]);
        equal(`${code} ${stderr}`, '0 ');
      };
      await make('--server', '-H', 'box.example', '-H', '*.wild.example', '-H', '10.1.2.3', '-H', 'fd00::5', '-d', '/tmp/tls/server');
      await make('-d', '/tmp/tls/client');
      const [authority, server, client] = ['server/ca.pem', 'server/server-cert.pem', 'client/cert.pem'].map((path) => machine.path(`/tmp/tls/${path}`)) as [string, string, string];
      const asServer = ['-purpose', 'sslserver'];
      for (const name of ['localhost', 'box.example', 'any.wild.example']) equal(verify(authority, server, ...asServer, '-verify_hostname', name), 'good');
      for (const address of ['127.0.0.1', '::1', '10.1.2.3', 'fd00::5']) equal(verify(authority, server, ...asServer, '-verify_ip', address), 'good');
      match(verify(authority, server, ...asServer, '-verify_hostname', 'other.example'), /hostname mismatch/i);
      equal(verify(authority, client, '-purpose', 'sslclient'), 'good');
      match(verify(authority, client, ...asServer), /unsuitable certificate purpose/);
      match(verify(authority, server, '-attime', String(Math.floor(Date.now() / 1000) - 2 * 86_400)), /not yet valid/);
      // Another authority of the same name is another authority.
      for (const key of ['ca_cert', 'ca_key']) equal((await machine.run(['ros', 'config', 'set', `rancher.docker.${key}`, ''])).code, 0);
      await make('-d', '/tmp/tls/stranger');
      match(verify(authority, machine.path('/tmp/tls/stranger/cert.pem')), /verification failed/);
    },
  },
];
