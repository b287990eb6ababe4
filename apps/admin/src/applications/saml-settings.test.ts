import assert from 'node:assert/strict';
import { test } from 'node:test';
import { certificateIn, certificateState, troubleOf } from './saml-settings.ts';

const now = Date.UTC(2026, 2, 1);
const day = 86_400_000; // ms
const time = (days: number) => new Date(now + days * day).toISOString();
const stateOf = (from: number, to: number) =>
  certificateState(
    { use: 'signing', subject: '', fingerprint: '', valid_from: time(from), valid_to: time(to) },
    now,
  );

test('a certificate is pointed out when it has ended, ends within 30 days, or has not begun', () => {
  assert.equal(stateOf(-10, 30), undefined);
  assert.equal(stateOf(-10, 29.9), 'ending');
  assert.equal(stateOf(-10, 0), 'ended');
  assert.equal(stateOf(1, 400), 'early');
});

test('the list warns of metadata that cannot be read, and of the last certificate of a use', () => {
  const certificate = (use: 'signing' | 'encryption', to: number) => ({
    use,
    subject: '',
    fingerprint: '',
    valid_from: time(-100),
    valid_to: time(to),
  });
  const wordsOf = (...certificates: ReturnType<typeof certificate>[]) =>
    troubleOf({ problem: null, certificates }, now)?.words;
  assert.equal(troubleOf({ problem: 'two roots', certificates: [] }, now)?.tone, 'danger');
  assert.equal(wordsOf(), undefined);
  assert.equal(wordsOf(certificate('signing', 400), certificate('signing', -1)), undefined);
  assert.equal(wordsOf(certificate('signing', 5), certificate('encryption', 400)), 'Certificate ends soon');
  assert.equal(wordsOf(certificate('signing', 5), certificate('encryption', -1)), 'Certificate has ended');
});

test('the certificate of the metadata is written as PEM', () => {
  const text = 'A'.repeat(70);
  const metadata = `<x><ds:X509Certificate>${text}</ds:X509Certificate><ds:X509Certificate>B</ds:X509Certificate></x>`;
  assert.equal(
    certificateIn(metadata),
    `-----BEGIN CERTIFICATE-----\n${'A'.repeat(64)}\nAAAAAA\n-----END CERTIFICATE-----`,
  );
  assert.equal(certificateIn('<x/>'), undefined);
});
