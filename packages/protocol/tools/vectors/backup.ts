import { additionalDataOf } from '../../src/backup/envelope.ts';
import { sealAtCost } from '../../src/backup/backup.ts';
import { writeAccounts } from '../../src/backup/accounts.ts';
import { deriveByScrypt } from '../../src/backup/scrypt.ts';
import { canonicalJson } from '../../src/canonical-json.ts';
import { encodeBase64url } from '../../src/base64url.ts';
import { sha256Base64url } from '../../src/hash.ts';
import type { JsonValue } from '../../src/json.ts';
import type { OtpAccount } from '../../src/otp/account.ts';
import { encodeBase32 } from '../../src/otp/base32.ts';

/** Of the worked example, and one that tests need not wait for. */
const cost = { n: 32768, r: 8, p: 3 };
const cheap = { n: 16, r: 1, p: 1 };
const createdAt = Date.UTC(2026, 6, 1, 10);
const password = 'Fünf Äpfel ﬁnden';
const salt = Uint8Array.from({ length: 16 }, (_, i) => i);
const iv = Uint8Array.from({ length: 12 }, (_, i) => 0xa0 + i);
const random = (bytes: number) => (bytes === 16 ? salt : iv);

const bytesOf = (text: string) => new Uint8Array(new TextEncoder().encode(text));
export const accounts: OtpAccount[] = [
  {
    type: 'totp',
    issuer: 'Acme',
    label: 'zoë@example.com',
    secret: bytesOf('Hello!'),
    algorithm: 'SHA-1',
    digits: 6,
    period: 30,
    counter: 0,
  },
  {
    type: 'hotp',
    issuer: '',
    label: 'door',
    secret: bytesOf('12345678901234567890'),
    algorithm: 'SHA-256',
    digits: 8,
    period: 30,
    counter: 7,
  },
];

const now = createdAt;
const worked = await sealAtCost(accounts, password, { now, random }, cost);
const small = await sealAtCost(accounts, password, { now, random }, cheap);
const derived = await deriveByScrypt(password.normalize('NFKC'), salt, cost, 48);
const utf8 = new TextDecoder();

type Members = { [name: string]: JsonValue };
/** The backup with other members, and with the checksum of what it then is. */
async function changed(members: Members): Promise<string> {
  const { sha256: _, ...rest } = JSON.parse(small) as Members;
  const all = { ...rest, ...members };
  return JSON.stringify({ ...all, sha256: await sha256Base64url(canonicalJson(all)) });
}
const { kdf, cipher, ciphertext } = JSON.parse(small) as {
  kdf: Members;
  cipher: Members;
  ciphertext: string;
};
const flipped = (text: string) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
const refuse = (name: string, backup: string, problem: string, by = password) => ({
  name,
  backup,
  password: by,
  problem,
});

export const backup = {
  description:
    'Backups of the authenticator (docs/authenticator-backup.md). `worked` shows each step at the real cost; bytes are base64url. `opens` are other spellings of the password and other texts that open all the same, `refused` are texts and passwords that must not. The secrets of `accounts` are base32.',
  worked: {
    password,
    created_at: new Date(createdAt).toISOString(),
    accounts: accounts.map((account) => ({ ...account, secret: encodeBase32(account.secret) })),
    salt: encodeBase64url(salt),
    iv: encodeBase64url(iv),
    derived: encodeBase64url(derived),
    additional_data: utf8.decode(additionalDataOf({ createdAt, cost, salt, check: derived.slice(32), iv })),
    plaintext: utf8.decode(writeAccounts(accounts)),
    backup: worked,
  },
  opens: [
    { name: 'at a small cost', backup: small, password },
    { name: 'the password decomposed', backup: small, password: password.normalize('NFD') },
    { name: 'the password without the ligature', backup: small, password: password.replace('ﬁ', 'fi') },
    {
      name: 'members in another order, white space between them',
      backup: JSON.stringify(
        Object.fromEntries(Object.entries(JSON.parse(small) as Members).toReversed()),
        undefined,
        2,
      ),
      password,
    },
  ],
  refused: [
    refuse('another password', small, 'wrong_password', 'Fünf Äpfel finde'),
    refuse('a space at the end of the password', small, 'wrong_password', `${password} `),
    refuse('no password', small, 'wrong_password', ''),
    refuse('the first byte of the salt', small.replace('"salt":"A', '"salt":"B'), 'damaged'),
    refuse('cut in half', small.slice(0, small.length / 2), 'damaged'),
    refuse('another time', small.replace('2026-07-01', '2026-07-02'), 'damaged'),
    refuse(
      'another time, the checksum too',
      await changed({ created_at: '2026-07-02T10:00:00.000Z' }),
      'damaged',
    ),
    refuse(
      'another ciphertext, the checksum too',
      await changed({ ciphertext: flipped(ciphertext) }),
      'damaged',
    ),
    refuse('a ciphertext shorter than its tag', await changed({ ciphertext: 'AAAA' }), 'damaged'),
    refuse(
      'another salt, the checksum too',
      await changed({ kdf: { ...kdf, salt: 'AAAAAAAAAAAAAAAAAAAAAA' } }),
      'wrong_password',
    ),
    refuse('another function', await changed({ kdf: { ...kdf, name: 'pbkdf2' } }), 'damaged'),
    refuse('another cipher', await changed({ cipher: { ...cipher, name: 'AES-128-GCM' } }), 'damaged'),
    refuse(
      'an iv of 16 bytes',
      await changed({ cipher: { ...cipher, iv: 'AAAAAAAAAAAAAAAAAAAAAA' } }),
      'damaged',
    ),
    refuse('one more member', await changed({ note: 'x' }), 'damaged'),
    refuse('a time without milliseconds', await changed({ created_at: '2026-07-01T10:00:00Z' }), 'damaged'),
    refuse('n is no power of two', await changed({ kdf: { ...kdf, n: 24 } }), 'damaged'),
    refuse('n is a text', await changed({ kdf: { ...kdf, n: '16' } }), 'damaged'),
    refuse('more memory than 64 MiB', await changed({ kdf: { ...kdf, n: 65536, r: 16 } }), 'too_large'),
    refuse(
      'more work than four times ours',
      await changed({ kdf: { ...kdf, n: 32768, r: 8, p: 13 } }),
      'too_large',
    ),
    refuse('memory by p', await changed({ kdf: { ...kdf, n: 2, r: 1, p: 1_000_000 } }), 'too_large'),
    refuse('a newer version', await changed({ version: 2, kdf: { name: 'argon2id' } }), 'newer_version'),
    refuse('a newer version, damaged', small.replace('"version":1', '"version":2'), 'damaged'),
    refuse('version 0', await changed({ version: 0 }), 'damaged'),
    refuse('a version in words', await changed({ version: 'one' }), 'damaged'),
    refuse('another format', await changed({ format: 'countersign-backup' }), 'not_a_backup'),
    refuse('a member twice', small.replace('{', '{"version":2,'), 'damaged'),
    refuse('an empty object', '{}', 'not_a_backup'),
    refuse('nothing', '', 'not_a_backup'),
    refuse('a URI', 'otpauth://totp/zoe?secret=MY', 'not_a_backup'),
  ],
};
