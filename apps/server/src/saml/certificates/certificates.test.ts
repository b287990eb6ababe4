import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { certify, now, steadyRandom, keys } from '../../../../../tests/support/saml.ts';
import { readCertificate, validOf } from './read.ts';
import { selfSignedCertificate } from './self-signed.ts';

test('a self-signed certificate is what it says', () => {
  const validTo = Date.UTC(2060, 0, 31, 23, 59, 59);
  const text = selfSignedCertificate({
    key: keys.privateKey,
    commonName: 'Zoë’s identity provider',
    validFrom: now,
    validTo,
    random: steadyRandom('certificate'),
  });
  const read = new X509Certificate(Buffer.from(text, 'base64'));
  assert.ok(read.verify(keys.publicKey));
  assert.equal(read.subject, 'CN=Zoë’s identity provider');
  assert.equal(read.issuer, read.subject);
  assert.equal(read.ca, false);
  assert.equal(read.serialNumber.length, 32);
  assert.deepEqual([read.validFromDate.getTime(), read.validToDate.getTime()], [now, validTo]);
  const { key, validFrom, fingerprint } = readCertificate(text);
  assert.ok(key.equals(keys.publicKey));
  assert.deepEqual([validFrom, fingerprint], [now, read.fingerprint256]);
});

test('certificates of any serial number and of both forms of time can be read again', () => {
  for (let i = 0; i < 40; i += 1) {
    const validTo = Date.UTC(2047 + (i % 6), 5, 1);
    const text = selfSignedCertificate({
      key: keys.privateKey,
      commonName: 'x'.repeat(1 + i * 10),
      validFrom: now,
      validTo,
      random: steadyRandom(`${i}`),
    });
    assert.equal(readCertificate(text).validTo, validTo);
  }
});

test('only certificates that are valid now count', () => {
  const day = 24 * 60 * 60_000;
  const [ended, present, coming] = [
    [-2, -1],
    [-1, 1],
    [1, 2],
  ].map(([from, to]) =>
    readCertificate(certify(keys.privateKey, { validFrom: now + from! * day, validTo: now + to! * day })),
  );
  assert.deepEqual(validOf([ended!, present!, coming!], now), [present]);
  assert.deepEqual(validOf([], now), []);
  assert.throws(() => validOf([ended!, coming!], now), {
    reason: 'certificate_expired',
    message: /CN=test.*2026-02-27 to 2026-02-28/,
  });
});

test('a certificate whose times cannot be read is refused', () => {
  const der = Buffer.from(keys.certificate, 'base64');
  const time = der.indexOf('250301');
  der.write('X', time);
  assert.throws(() => readCertificate(der.toString('base64')), { reason: 'certificate_unreadable' });
});

test('what is no certificate, and keys that are too weak, are refused', () => {
  for (const text of [
    '',
    'x',
    'AAAA',
    keys.certificate.slice(0, 400),
    `${keys.certificate.slice(0, -8)}AAAA`.slice(0, 99),
  ])
    assert.throws(() => readCertificate(text), { reason: 'certificate_unreadable' }, text);
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  assert.throws(() => readCertificate(certify(weak)), { reason: 'key_unsuitable', message: /1024/ });
});
