import { createHmac } from 'node:crypto';
import { encodeBase32 } from '../../src/otp/base32.ts';

const digitsOf = (bytes: number) => new TextEncoder().encode('1234567890'.repeat(7).slice(0, bytes));
const secret20 = encodeBase32(digitsOf(20));
const secret32 = encodeBase32(digitsOf(32));
const secret64 = encodeBase32(digitsOf(64));

const appendixD = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' ');
const appendixB: [time: number, sha1: string, sha256: string, sha512: string][] = [
  [59, '94287082', '46119246', '90693936'],
  [1111111109, '07081804', '68084774', '25091201'],
  [1111111111, '14050471', '67062674', '99943326'],
  [1234567890, '89005924', '91819424', '93441116'],
  [2000000000, '69279037', '90698825', '38618901'],
  [20000000000, '65353130', '77737706', '47863826'],
];

/** RFC 4226 section 5.3 again, by other means than the code under test. */
function byNode(counter: number, digits: number): string {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const mac = createHmac('sha1', digitsOf(20)).update(message).digest();
  const truncated = mac.readUInt32BE(mac.at(-1)! & 15) & 0x7fffffff;
  return String(truncated % 10 ** digits).padStart(digits, '0');
}

const beyond = [2 ** 32 - 1, 2 ** 32, 2 ** 40 + 7, Number.MAX_SAFE_INTEGER];

export const otp = {
  description:
    'One-time codes: those of RFC 4226 appendix D and RFC 6238 appendix B, and those of counters beyond 32 bits. Secrets are base32. `time` is in seconds since 1970, `period` in seconds. Base32 as people copy it: `hex` are its bytes (null: refused).',
  hotp: [
    ...appendixD.map((code, counter) => ({
      name: `RFC 4226 appendix D, ${counter}`,
      secret: secret20,
      algorithm: 'SHA-1' as const,
      digits: 6,
      counter,
      code,
    })),
    ...beyond.flatMap((counter) =>
      [6, 8].map((digits) => ({
        name: `the counter ${counter} in ${digits} digits`,
        secret: secret20,
        algorithm: 'SHA-1' as const,
        digits,
        counter,
        code: byNode(counter, digits),
      })),
    ),
  ],
  totp: appendixB.flatMap(([time, sha1, sha256, sha512]) =>
    (
      [
        ['SHA-1', secret20, sha1],
        ['SHA-256', secret32, sha256],
        ['SHA-512', secret64, sha512],
      ] as const
    ).map(([algorithm, secret, code]) => ({
      name: `RFC 6238 appendix B, ${time}, ${algorithm}`,
      secret,
      algorithm,
      digits: 8,
      period: 30,
      time,
      code,
    })),
  ),
  base32: [
    { name: 'nothing', text: '', hex: '' },
    { name: 'RFC 4648: f', text: 'MY======', hex: '66' },
    { name: 'RFC 4648: fo', text: 'MZXQ====', hex: '666f' },
    { name: 'RFC 4648: foo', text: 'MZXW6===', hex: '666f6f' },
    { name: 'RFC 4648: foob', text: 'MZXW6YQ=', hex: '666f6f62' },
    { name: 'RFC 4648: fooba', text: 'MZXW6YTB', hex: '666f6f6261' },
    { name: 'RFC 4648: foobar', text: 'MZXW6YTBOI======', hex: '666f6f626172' },
    { name: 'without padding', text: 'MZXW6YTBOI', hex: '666f6f626172' },
    { name: 'with too little padding', text: 'MZXW6YTBOI==', hex: '666f6f626172' },
    { name: 'lower case in groups', text: 'mzxw 6ytb\to-i', hex: '666f6f626172' },
    { name: 'bits left over that are not zero', text: 'MZXW6YTBOJ', hex: '666f6f626172' },
    { name: 'one character', text: 'M', hex: null },
    { name: 'three characters', text: 'MZX', hex: null },
    { name: 'six characters', text: 'MZXW6Y', hex: null },
    { name: 'one character too many', text: 'MZXW6YTBO', hex: null },
    { name: 'a 0, which is no O', text: 'MZXW6YT0', hex: null },
    { name: 'a 1, which is no I', text: 'MZXW6YT1', hex: null },
    { name: 'an 8, which is no B', text: 'MZXW6YT8', hex: null },
    { name: 'a 9', text: 'MZXW6YT9', hex: null },
    { name: 'padding in the middle', text: 'MY======MY======', hex: null },
    { name: 'a letter of another alphabet', text: 'MZXW6YT\u0412', hex: null },
    { name: 'a long s, whose capital is an S', text: 'MZXW6YT\u017f', hex: null },
    { name: 'a bracket', text: '[MZXW6YTB]', hex: null },
  ],
};
