import { equal, match, ok, rejects, test } from '@drover/testing';
import { quickjsCertificates as certificates } from './certificates.ts';
import { AUTHORITY, SERVER_KEY } from './tls-fixture.ts';

const [FROM, TO] = [Date.UTC(2026, 0, 2, 3, 4, 5), Date.UTC(2055, 5, 6, 7, 8, 9)];

test('a certificate ends when it was asked to, also beyond 2049, where the format of the date is another one', () => {
  const key = certificates.makeKey();
  match(key, /^-----BEGIN EC PRIVATE KEY-----\n[^]*-----END EC PRIVATE KEY-----\n$/);
  for (const to of [TO, Date.UTC(2030, 0, 1)]) {
    const authority = certificates.sign({ key, subject: 'O=rancher', usage: 'authority', from: FROM, to });
    match(authority, /^-----BEGIN CERTIFICATE-----\n/);
    equal(certificates.expiry(authority), to);
  }
});

test('keys and certificates are never the same twice', () => {
  const key = certificates.makeKey();
  const make = (): string => certificates.sign({ key, subject: 'O=rancher', usage: 'authority', from: FROM, to: TO });
  ok(key !== certificates.makeKey() && make() !== make(), 'two of a kind');
});

test('what is no key, no certificate, or not the key of the authority is told from each other', async () => {
  const key = certificates.makeKey();
  const request = { key, subject: 'O=rancher', usage: 'client', from: FROM, to: TO } as const;
  match((await rejects(() => certificates.sign({ ...request, key: 'nonsense' }), 'ETLS')).message, /^reading the key: /);
  match((await rejects(() => certificates.sign({ ...request, issuer: { certificate: 'nonsense', key } }), 'ETLS')).message, /^reading the certificate of the authority: /);
  match((await rejects(() => certificates.sign({ ...request, issuer: { certificate: AUTHORITY, key: SERVER_KEY } }), 'ETLS')).message, /^comparing the key of the authority/);
  await rejects(() => certificates.expiry('nonsense'), 'ETLS');
});
