/**
 * A backup as it lies on a disk: JSON in clear that says how to open it, around the ciphertext.
 * docs/authenticator-backup.md describes each member.
 */
import { decodeBase64url, encodeBase64url } from '../base64url.ts';
import { canonicalJson } from '../canonical-json.ts';
import { sha256Base64url } from '../hash.ts';
import { isJsonObject, parseStrictJson, type JsonValue } from '../json.ts';
import { costProblem, type ScryptCost } from './scrypt.ts';

export type BackupProblem = 'not_a_backup' | 'damaged' | 'wrong_password' | 'newer_version' | 'too_large';

export const backupFormat = 'countersign-authenticator-backup';
export const currentVersion = 1;
/** In characters. */
export const longestBackup = 4 * 1024 * 1024;
export const lengths = { salt: 16, check: 16, key: 32, iv: 12 };

export interface Envelope {
  /** Milliseconds since 1970. */
  createdAt: number;
  cost: ScryptCost;
  salt: Uint8Array<ArrayBuffer>;
  /** Bytes 32 to 47 of what the password becomes: they tell a wrong password from a change of the ciphertext. */
  check: Uint8Array<ArrayBuffer>;
  iv: Uint8Array<ArrayBuffer>;
  ciphertext: Uint8Array<ArrayBuffer>;
}

type Members = { [name: string]: JsonValue };

const membersOf = ({ createdAt, cost, salt, check, iv }: Omit<Envelope, 'ciphertext'>): Members => ({
  format: backupFormat,
  version: currentVersion,
  created_at: new Date(createdAt).toISOString(),
  kdf: {
    name: 'scrypt',
    salt: encodeBase64url(salt),
    n: cost.n,
    r: cost.r,
    p: cost.p,
    check: encodeBase64url(check),
  },
  cipher: { name: 'AES-256-GCM', iv: encodeBase64url(iv) },
});

/** What the cipher authenticates beside the accounts: the canonical JSON of everything but ciphertext and sha256. */
export const additionalDataOf = (envelope: Omit<Envelope, 'ciphertext'>): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(canonicalJson(membersOf(envelope)));

export async function writeEnvelope(envelope: Envelope): Promise<string> {
  const members = { ...membersOf(envelope), ciphertext: encodeBase64url(envelope.ciphertext) };
  const sha256 = await sha256Base64url(canonicalJson(members));
  return `${JSON.stringify({ ...members, sha256 })}\n`;
}

/** The members of a backup of any version, with what all versions have; nothing of it is verified. */
export function readMembers(
  text: string,
): { members: Members; version: number; createdAt: number } | { problem: BackupProblem } {
  if (text.length > longestBackup) return { problem: 'too_large' };
  const members = parseStrictJson(text);
  // Half a backup is one too.
  if (members === undefined && text.includes(`"${backupFormat}"`)) return { problem: 'damaged' };
  if (!isJsonObject(members) || members.format !== backupFormat) return { problem: 'not_a_backup' };
  const { version, created_at } = members;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) return { problem: 'damaged' };
  const createdAt = readTime(created_at);
  return createdAt === undefined ? { problem: 'damaged' } : { members, version, createdAt };
}

/** Everything that can be known before the password is. Any accidental change shows here. */
export async function readEnvelope(text: string): Promise<Envelope | { problem: BackupProblem }> {
  const read = readMembers(text);
  if ('problem' in read) return read;
  const { sha256, ...hashed } = read.members;
  if (sha256 !== (await sha256Base64url(canonicalJson(hashed)))) return { problem: 'damaged' };
  if (read.version > currentVersion) return { problem: 'newer_version' };
  const { ciphertext, kdf, cipher } = hashed;
  if (!isJsonObject(kdf) || !isJsonObject(cipher)) return { problem: 'damaged' };
  const envelope = {
    createdAt: read.createdAt,
    cost: { n: Number(kdf.n), r: Number(kdf.r), p: Number(kdf.p) },
    salt: readBytes(kdf.salt, lengths.salt),
    check: readBytes(kdf.check, lengths.check),
    iv: readBytes(cipher.iv, lengths.iv),
    ciphertext: readBytes(ciphertext),
  };
  const problem = costProblem(envelope.cost);
  if (problem !== undefined) return { problem };
  if (!isWhole(envelope)) return { problem: 'damaged' };
  // One spelling of each backup: no member more, none of another kind.
  const again = { ...membersOf(envelope), ciphertext: ciphertext! };
  return canonicalJson(again) === canonicalJson(hashed) ? envelope : { problem: 'damaged' };
}

type Partly<T> = { [Name in keyof T]: T[Name] | undefined };
const isWhole = (envelope: Partly<Envelope>): envelope is Envelope =>
  Object.values(envelope).every((value) => value !== undefined);

function readBytes(value: JsonValue | undefined, length?: number): Uint8Array<ArrayBuffer> | undefined {
  const bytes = typeof value === 'string' ? decodeBase64url(value) : undefined;
  return length === undefined || bytes?.length === length ? bytes : undefined;
}

/** RFC 3339 as we write it: in UTC, with milliseconds. */
function readTime(value: JsonValue | undefined): number | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}
