/**
 * Vaults of Aegis: JSON whose `db` has the entries, in clear or encrypted (AES-256-GCM) under a random key. Each slot
 * of the header holds that key, encrypted under what scrypt makes of a password.
 */
import { decrypt, importAesKey, type AesKey } from '../backup/aes-gcm.ts';
import { costProblem, deriveByScrypt } from '../backup/scrypt.ts';
import { isJsonObject, type JsonValue } from '../json.ts';
import { shownName } from '../otp/name.ts';
import { decodeBase64 } from './base64.ts';
import { take, textOf, type Findings } from './entry.ts';
import { parseJsonBytes } from './json-bytes.ts';
import type { ImportResult } from './result.ts';
import { foundIn, problem } from './result-of.ts';

type Members = { [name: string]: JsonValue };

const newestVault = 1;
const newestContent = 3;
/** A vault has one slot with a password, or two where its backups have their own. */
const mostSlots = 4;
const passwordSlot = 1;

export const isAegisVault = (value: Members): boolean => isJsonObject(value.header) && 'db' in value;

export async function readAegisVault(vault: Members, password?: string): Promise<ImportResult> {
  const { version, header, db } = vault;
  if (typeof version !== 'number' || !isJsonObject(header)) return problem('damaged');
  if (version > newestVault) return problem('newer_version');
  if (typeof db !== 'string') return readContent(db);
  if (password === undefined) return { kind: 'password_needed', source: 'aegis' };
  const ciphertext = decodeBase64(db);
  const params = readParams(header.params);
  if (ciphertext === undefined || params === undefined) return problem('damaged');
  const key = await openSlots(header.slots, password);
  if (typeof key === 'string') return problem(key);
  const content = await decrypt(key, params.nonce, join(ciphertext, params.tag));
  return content === undefined ? problem('damaged') : readContent(parseJsonBytes(content));
}

function readContent(content: JsonValue | undefined): ImportResult {
  if (!isJsonObject(content) || typeof content.version !== 'number') return problem('damaged');
  if (content.version > newestContent) return problem('newer_version');
  if (!Array.isArray(content.entries)) return problem('damaged');
  const findings: Findings = { accounts: [], skipped: [] };
  for (const entry of content.entries) {
    const { type, issuer, name, info } = isJsonObject(entry) ? entry : {};
    const names = { issuer: textOf(issuer), label: textOf(name) };
    if (isJsonObject(info)) {
      const { secret, algo: algorithm, digits, period, counter } = info;
      take(findings, { type, ...names, secret, algorithm, digits, period, counter });
    } else {
      findings.skipped.push({ name: shownName(names.issuer, names.label), reason: 'unreadable' });
    }
  }
  return foundIn('aegis', findings);
}

async function openSlots(
  slots: JsonValue | undefined,
  password: string,
): Promise<AesKey | 'damaged' | 'too_large' | 'wrong_password'> {
  const withPassword = Array.isArray(slots)
    ? slots.filter(isJsonObject).filter((slot) => slot.type === passwordSlot)
    : [];
  if (withPassword.length > mostSlots) return 'too_large';
  let readable = 0;
  for (const slot of withPassword) {
    const [params, wrapped, salt] = [readParams(slot.key_params), readHex(slot.key), readHex(slot.salt)];
    const cost = { n: Number(slot.n), r: Number(slot.r), p: Number(slot.p) };
    const badCost = costProblem(cost);
    if (badCost === 'too_large') return badCost;
    if (params === undefined || wrapped?.length !== 32 || salt === undefined || badCost) continue;
    readable += 1;
    const unlocking = await importAesKey(await deriveByScrypt(password, salt, cost, 32));
    const key = await decrypt(unlocking, params.nonce, join(wrapped, params.tag));
    if (key !== undefined) return importAesKey(key);
  }
  return readable === 0 ? 'damaged' : 'wrong_password';
}

function readParams(value: JsonValue | undefined) {
  if (!isJsonObject(value)) return undefined;
  const [nonce, tag] = [readHex(value.nonce), readHex(value.tag)];
  return nonce?.length === 12 && tag?.length === 16 ? { nonce, tag } : undefined;
}

function readHex(value: JsonValue | undefined): Uint8Array<ArrayBuffer> | undefined {
  if (typeof value !== 'string' || value.length > 1024 || !/^(?:[0-9a-f]{2})+$/i.test(value))
    return undefined;
  return Uint8Array.from(value.match(/../g)!, (hex) => Number.parseInt(hex, 16));
}

function join(ciphertext: Uint8Array, tag: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(ciphertext.length + tag.length);
  joined.set(ciphertext);
  joined.set(tag, ciphertext.length);
  return joined;
}
