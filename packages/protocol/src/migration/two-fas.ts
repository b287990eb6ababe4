/**
 * Backups of 2FAS: JSON with the services in clear, or encrypted (AES-256-GCM under what PBKDF2 makes of a password)
 * as `ciphertext:salt:iv`, each in base64. `reference` is a known text, encrypted with the same password.
 */
import { decrypt, importAesKey, type AesKey } from '../backup/aes-gcm.ts';
import { isJsonObject, type JsonValue } from '../json.ts';
import { splitStoredName } from '../otp/name.ts';
import { decodeBase64 } from './base64.ts';
import { take, textOf, type Findings } from './entry.ts';
import { parseJsonBytes } from './json-bytes.ts';
import { foundIn, problem } from './result-of.ts';
import type { ImportResult } from './result.ts';

type Members = { [name: string]: JsonValue };

const newestSchema = 4;
const iterations = 10_000;

export const isTwoFasBackup = (value: Members): boolean =>
  Array.isArray(value.services) || typeof value.servicesEncrypted === 'string';

export async function readTwoFasBackup(backup: Members, password?: string): Promise<ImportResult> {
  const { schemaVersion = 1, services = [], servicesEncrypted } = backup;
  if (typeof schemaVersion !== 'number' || !Array.isArray(services)) return problem('damaged');
  if (schemaVersion > newestSchema) return problem('newer_version');
  const findings: Findings = { accounts: [], skipped: [] };
  for (const service of services) takeService(service, findings);
  if (textOf(servicesEncrypted) === '') return foundIn('2fas', findings);
  if (password === undefined) return { kind: 'password_needed', source: '2fas' };
  const sealed = readSealed(servicesEncrypted);
  if (sealed === undefined) return problem('damaged');
  const plaintext = await open(sealed, password);
  if (plaintext === undefined) {
    // The reference opens with the right password, so then it is the services that were changed.
    const reference = readSealed(backup.reference);
    const isRight = reference && (await open(reference, password)) !== undefined;
    return problem(isRight ? 'damaged' : 'wrong_password');
  }
  const opened = parseJsonBytes(plaintext);
  if (!Array.isArray(opened)) return problem('damaged');
  for (const service of opened) takeService(service, findings);
  return foundIn('2fas', findings);
}

function takeService(service: JsonValue, findings: Findings): void {
  if (!isJsonObject(service)) {
    findings.skipped.push({ name: '', reason: 'unreadable' });
    return;
  }
  const otp = isJsonObject(service.otp) ? service.otp : {};
  const { algorithm, digits, period, counter } = otp;
  // `name` is what its owner calls it, `otp` what was in the QR code.
  const name = textOf(service.name);
  const named = splitStoredName(textOf(otp.account) || textOf(otp.label), textOf(otp.issuer) || name);
  const label = named.label || (name === named.issuer ? '' : name);
  const type = otp.tokenType ?? 'totp';
  take(findings, { type, ...named, label, secret: service.secret, algorithm, digits, period, counter });
}

interface Sealed {
  ciphertext: Uint8Array<ArrayBuffer>;
  salt: Uint8Array<ArrayBuffer>;
  iv: Uint8Array<ArrayBuffer>;
}

function readSealed(value: JsonValue | undefined): Sealed | undefined {
  const parts = textOf(value).split(':').map(decodeBase64);
  const [ciphertext, salt, iv] = parts;
  return parts.length === 3 && ciphertext && salt && iv?.length === 12 ? { ciphertext, salt, iv } : undefined;
}

const open = async ({ ciphertext, salt, iv }: Sealed, password: string) =>
  decrypt(await deriveByPbkdf2(password, salt), iv, ciphertext);

async function deriveByPbkdf2(password: string, salt: Uint8Array<ArrayBuffer>): Promise<AesKey> {
  const bytes = new TextEncoder().encode(password);
  const key = await crypto.subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveBits']);
  const derived = await crypto.subtle.deriveBits(
    { name: 'PBKDF2', hash: 'SHA-256', salt, iterations },
    key,
    256,
  );
  return importAesKey(new Uint8Array(derived));
}
