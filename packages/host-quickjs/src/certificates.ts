// Keys and certificates by mbedTLS. A serial number is random, so that two authorities of the same name never give one twice.

import type { CertificateRequest, Certificates } from '@drover/host';
import * as native from 'ros:certificate';
import { random } from 'ros:crypto';

/** RFC 5280, 4.1.2.2: positive, at most 20 bytes. */
const SERIAL_BYTES = 16;

export const quickjsCertificates: Certificates = {
  makeKey: () => native.makeKey(),
  sign({ key, issuer, subject, usage, names = [], from, to }: CertificateRequest): string {
    const serial = new Uint8Array(SERIAL_BYTES);
    random(serial);
    serial[0] = (serial[0]! & 0x7f) | 0x40;
    return native.sign(key, issuer?.key ?? key, issuer?.certificate ?? null, subject, usage, names, serial, renderTime(from), renderTime(to));
  },
  expiry: (certificate) => native.expiry(certificate),
};

/** YYYYMMDDhhmmss */
function renderTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\..*$/, '').replace(/\D/g, '');
}
