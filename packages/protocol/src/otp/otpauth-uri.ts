/** The URIs of the QR codes of one-time codes, `otpauth://`, read as they are found and written as they should be. */
import {
  algorithmName,
  areDigits,
  defaults,
  isCounter,
  isPeriod,
  readAlgorithm,
  type OtpAccount,
} from './account.ts';
import { decodeBase32, encodeBase32 } from './base32.ts';
import { joinName, tidyName } from './name.ts';
import { otpauthParts } from './otpauth-parts.ts';

export type OtpauthProblem =
  | 'not_otpauth'
  | 'unknown_type'
  | 'no_secret'
  | 'secret_not_base32'
  | 'unsupported_algorithm'
  | 'bad_digits'
  | 'bad_period'
  | 'bad_counter'
  | 'too_long';

/** In characters. A QR code holds fewer than 4300. */
const longest = 8 * 1024;

/**
 * The account of an `otpauth://` URI, or the first reason why there is none. Never throws.
 *
 * Lax where what is meant is plain: case, white space, hyphens in the secret, parameters left empty (their defaults:
 * SHA-1, 6 digits, 30 seconds, counter 0), separators that are wrong, broken percent-encoding (taken as it stands).
 * The issuer is the parameter's, else what stands before the first colon of the label. A plus is a plus in the label,
 * as in addresses, and a space in the parameters, as forms write it. Of a parameter that is there twice, the first
 * that is not empty counts. Unknown parameters are left out, but for `encoder`, which asks for other codes (Steam's).
 */
export function parseOtpauthUri(text: string): { account: OtpAccount } | { problem: OtpauthProblem } {
  if (text.length > longest) return { problem: 'too_long' };
  const parts = otpauthParts(text);
  if (parts === undefined) return { problem: 'not_otpauth' };
  const { type, issuer, label, parameters } = parts;
  if (type !== 'totp' && type !== 'hotp') return { problem: 'unknown_type' };
  const written = parameters.get('secret') ?? '';
  const secret = decodeBase32(written);
  if (secret === undefined) return { problem: 'secret_not_base32' };
  if (secret.length === 0) return { problem: 'no_secret' };
  const algorithm = readAlgorithm(parameters.get('algorithm') ?? defaults.algorithm);
  if (algorithm === undefined || parameters.has('encoder')) return { problem: 'unsupported_algorithm' };
  const digits = readWhole(parameters.get('digits'), defaults.digits);
  if (!areDigits(digits)) return { problem: 'bad_digits' };
  const period = type === 'totp' ? readWhole(parameters.get('period'), defaults.period) : defaults.period;
  if (!isPeriod(period)) return { problem: 'bad_period' };
  const counter = type === 'hotp' ? readWhole(parameters.get('counter'), defaults.counter) : 0;
  if (!isCounter(counter)) return { problem: 'bad_counter' };
  return { account: { type, issuer, label, secret, algorithm, digits, period, counter } };
}

/**
 * The URI of an account, for a QR code. What `parseOtpauthUri` reads of it is the same account, its names without
 * white space around them.
 */
export function formatOtpauthUri(account: OtpAccount): string {
  const [issuer, label] = [tidyName(account.issuer), tidyName(account.label)];
  const path = joinName(issuer, label, (text) => encodeURIComponent(text).replaceAll('%40', '@'));
  const moving = account.type === 'totp' ? `period=${account.period}` : `counter=${account.counter}`;
  const parameters = [
    `secret=${encodeBase32(account.secret)}`,
    ...(issuer === '' ? [] : [`issuer=${encodeURIComponent(issuer)}`]),
    `algorithm=${algorithmName(account.algorithm)}`,
    `digits=${account.digits}`,
    moving,
  ];
  return `otpauth://${account.type}/${path}?${parameters.join('&')}`;
}

const readWhole = (text: string | undefined, byDefault: number): number =>
  text === undefined ? byDefault : /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
