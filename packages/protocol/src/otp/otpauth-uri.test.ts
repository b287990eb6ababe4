import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyAccount, sampleAccount } from '../../tools/accounts.ts';
import { formatOtpauthUri, parseOtpauthUri } from './otpauth-uri.ts';

/** The shapes that are found in the wild are in vectors/otpauth.json, which vectors.test.ts reads. */

test('10,000 accounts come back as they were', () => {
  fc.assert(
    fc.property(anyAccount, (account) => {
      assert.deepEqual(parseOtpauthUri(formatOtpauthUri(account)), { account });
    }),
    { numRuns: 10_000 },
  );
});

test('what URL reads of ours is what we wrote: other readers see the same', () => {
  fc.assert(
    fc.property(anyAccount, (account) => {
      const url = new URL(formatOtpauthUri(account));
      assert.equal(url.host, account.type);
      assert.equal(url.hash, '');
      assert.equal(url.searchParams.get('issuer') ?? '', account.issuer);
      assert.equal(url.searchParams.get('digits'), String(account.digits));
      assert.ok(decodeURIComponent(url.pathname).endsWith(account.label));
    }),
    { numRuns: 1000 },
  );
});

test('no text makes it throw', () => {
  const pieces = fc.constantFrom(
    'otpauth://',
    'OTPAUTH:',
    'totp',
    'hotp',
    '/',
    '?',
    '&',
    '&amp;',
    '#',
    '=',
    '%',
    '%zz',
    '%F0%9F',
    '%00',
    ':',
    '+',
    ' ',
    '\n',
    'secret=',
    'JBSWY3DP',
    'issuer=',
    'digits=',
    '7',
    'period=',
    'counter=',
    '-1',
    'algorithm=',
    'SHA1',
    '__proto__=',
    '\ud800',
    'é',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string().map((rest) => `otpauth://totp/${rest}`),
    fc.array(pieces, { maxLength: 25 }).map((all) => `otpauth://totp/${all.join('')}`),
    fc.array(pieces, { maxLength: 25 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(text, (any) => {
      const read = parseOtpauthUri(any);
      // Whatever is read is an account that we write and read again.
      if ('account' in read) assert.deepEqual(parseOtpauthUri(formatOtpauthUri(read.account)), read);
    }),
    { numRuns: 10_000 },
  );
});

test('a long text takes no long time', () => {
  const began = performance.now();
  for (const piece of ['?', '&', '%', '%41', ' ', ':', '&amp;', 'a=', '&a', '& ', '?a=']) {
    const text = `otpauth://totp/${piece.repeat(8000 / piece.length)}`;
    assert.ok(!('account' in parseOtpauthUri(text)));
  }
  assert.ok(performance.now() - began < 2000);
});

test('lone surrogates are replaced, since no URI holds them', () => {
  const uri = formatOtpauthUri(sampleAccount({ issuer: 'A\ud800', label: '\udc00 ' }));
  assert.deepEqual(parseOtpauthUri(uri), { account: sampleAccount({ issuer: 'A\ufffd', label: '\ufffd' }) });
});

test('a URI as other authenticators like it', () => {
  assert.equal(
    formatOtpauthUri(sampleAccount({ label: 'zoe+home@example.com' })),
    'otpauth://totp/Acme:zoe%2Bhome@example.com?secret=JBSWY3DPEHPK3PXP&issuer=Acme&algorithm=SHA1&digits=6&period=30',
  );
  assert.equal(
    formatOtpauthUri(
      sampleAccount({ type: 'hotp', issuer: '', algorithm: 'SHA-512', digits: 8, counter: 9 }),
    ),
    'otpauth://hotp/zoe?secret=JBSWY3DPEHPK3PXP&algorithm=SHA512&digits=8&counter=9',
  );
});
