/** What a backup holds under its seal: the accounts in order, as JSON. */
import { areDigits, isCounter, isPeriod, type OtpAccount, type OtpAlgorithm } from '../otp/account.ts';
import { decodeBase32, encodeBase32 } from '../otp/base32.ts';
import { isJsonObject, type JsonValue } from '../json.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const algorithms: readonly unknown[] = ['SHA-1', 'SHA-256', 'SHA-512'] satisfies OtpAlgorithm[];

/**
 * The accounts as UTF-8.
 * @throws RangeError where an account is beyond the bounds of `OtpAccount`: a backup with it would open nowhere.
 */
export function writeAccounts(accounts: readonly OtpAccount[]): Uint8Array<ArrayBuffer> {
  const written = accounts.map((account) => ({
    type: account.type,
    issuer: account.issuer.toWellFormed(),
    label: account.label.toWellFormed(),
    secret: encodeBase32(account.secret),
    algorithm: account.algorithm,
    digits: account.digits,
    period: account.period,
    counter: account.counter,
  }));
  const wrong = written.findIndex((each) => readAccount(each) === undefined);
  if (wrong !== -1) throw new RangeError(`the account with the index ${wrong} cannot be kept`);
  return new TextEncoder().encode(JSON.stringify({ accounts: written }));
}

/** Undefined where the bytes are anything else than what `writeAccounts` writes. */
export function readAccounts(bytes: Uint8Array<ArrayBuffer>): OtpAccount[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch {
    return undefined;
  }
  if (!isJsonObject(value) || !Array.isArray(value.accounts)) return undefined;
  const accounts = value.accounts.map(readAccount);
  return accounts.every((account) => account !== undefined) ? accounts : undefined;
}

function readAccount(value: JsonValue): OtpAccount | undefined {
  if (!isJsonObject(value)) return undefined;
  const { type, issuer, label, secret, algorithm, digits, period, counter } = value;
  if (type !== 'totp' && type !== 'hotp') return undefined;
  if (typeof issuer !== 'string' || typeof label !== 'string' || typeof secret !== 'string') return undefined;
  const bytes = decodeBase32(secret);
  if (bytes === undefined || bytes.length === 0 || !algorithms.includes(algorithm)) return undefined;
  if (typeof digits !== 'number' || !areDigits(digits)) return undefined;
  if (typeof period !== 'number' || !isPeriod(period)) return undefined;
  if (typeof counter !== 'number' || !isCounter(counter)) return undefined;
  const known = algorithm as OtpAlgorithm;
  return { type, issuer, label, secret: bytes, algorithm: known, digits, period, counter };
}
