/** Accounts for property tests: any that the app may have. */
import fc from 'fast-check';
import type { OtpAccount } from '../src/otp/account.ts';
import { tidyName } from '../src/otp/name.ts';

/** Colons, separators, percent signs and white space more often than chance has them. */
const name = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.string({ unit: fc.constantFrom(...Array.from(':%&?#=+/; @aZé🔑\u00a0')), maxLength: 12 }),
    fc.constantFrom(
      '',
      'Acme',
      'zoe@example.com',
      'a&secret=AAAAAAAA',
      'x?issuer=y',
      '%41',
      '&amp;',
      '\ufeffx',
    ),
  )
  .map(tidyName);

const shared = {
  issuer: name,
  label: name,
  secret: fc.uint8Array({ minLength: 1, maxLength: 80 }).map((bytes) => new Uint8Array(bytes)),
  algorithm: fc.constantFrom('SHA-1' as const, 'SHA-256' as const, 'SHA-512' as const),
  digits: fc.integer({ min: 6, max: 8 }),
};

/** With the prototype of every object, so that comparing with what was read compares members only. */
const plain = { noNullPrototype: true } as const;

export const anyAccount: fc.Arbitrary<OtpAccount> = fc.oneof(
  fc.record(
    {
      type: fc.constant('totp' as const),
      ...shared,
      period: fc.oneof(fc.constant(30), fc.integer({ min: 1, max: 3600 })),
      counter: fc.constant(0),
    },
    plain,
  ),
  fc.record(
    {
      type: fc.constant('hotp' as const),
      ...shared,
      period: fc.constant(30),
      counter: fc.maxSafeNat(),
    },
    plain,
  ),
);

export const sampleAccount = (members: Partial<OtpAccount> = {}): OtpAccount => ({
  type: 'totp',
  issuer: 'Acme',
  label: 'zoe',
  secret: new Uint8Array([72, 101, 108, 108, 111, 33, 222, 173, 190, 239]),
  algorithm: 'SHA-1',
  digits: 6,
  period: 30,
  counter: 0,
  ...members,
});
