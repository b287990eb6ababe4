/** Lists of URIs, one a line: `otpauth://`, and Google's pages among them. */
import type { OtpAccount } from '../otp/account.ts';
import { shownName } from '../otp/name.ts';
import { otpauthParts } from '../otp/otpauth-parts.ts';
import { formatOtpauthUri, parseOtpauthUri, type OtpauthProblem } from '../otp/otpauth-uri.ts';
import type { Findings } from './entry.ts';
import { isGoogleMigration, readGoogleMigration } from './google.ts';
import { foundIn } from './result-of.ts';
import type { ImportProblem, ImportResult, SkipReason } from './result.ts';

const reasons: Readonly<Record<OtpauthProblem, SkipReason>> = {
  not_otpauth: 'unreadable',
  too_long: 'unreadable',
  unknown_type: 'unsupported_type',
  no_secret: 'no_secret',
  secret_not_base32: 'secret_not_base32',
  unsupported_algorithm: 'unsupported_algorithm',
  bad_digits: 'bad_digits',
  bad_period: 'bad_period',
  bad_counter: 'bad_counter',
};

/** Reads a text without line ends around it. Blank lines and lines with # at their beginning are left out. */
export function readOtpauthList(text: string): ImportResult | ImportProblem {
  const lines = text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.length === 0) return 'empty';
  const [google, otpauth] = [
    lines.filter(isGoogleMigration),
    lines.filter((line) => /^otpauth:/i.test(line)),
  ];
  if (google.length + otpauth.length === 0) return 'unknown_format';
  const findings: Findings = { accounts: [], skipped: [] };
  const pages = lines.map((line) => readLine(line, findings));
  if (lines.length === 1 && pages[0] === 'damaged') return 'damaged';
  const source = google.length === lines.length ? 'google' : 'otpauth';
  // Of several pages in one text, no single one is to be told.
  const page = lines.length === 1 && typeof pages[0] === 'object' ? pages[0].page : undefined;
  return foundIn(source, findings, page && { page });
}

function readLine(line: string, findings: Findings): ReturnType<typeof readGoogleMigration> | undefined {
  if (isGoogleMigration(line)) {
    const page = readGoogleMigration(line, findings);
    if (page === 'damaged') findings.skipped.push({ name: nameOf(line), reason: 'unreadable' });
    return page;
  }
  const read = parseOtpauthUri(line);
  if ('account' in read) findings.accounts.push(read.account);
  else findings.skipped.push({ name: nameOf(line), reason: reasons[read.problem] });
  return undefined;
}

/** The name in a URI; of other lines, the beginning up to where parameters, and so secrets, would begin. */
function nameOf(line: string): string {
  const parts = otpauthParts(line.slice(0, 1000));
  return parts ? shownName(parts.issuer, parts.label) : line.replace(/[?&].*$/s, '').slice(0, 60);
}

/** The accounts as a text of `otpauth://` URIs, a line each. It is not encrypted. */
export const writeOtpauthList = (accounts: readonly OtpAccount[]): string =>
  accounts.map((account) => `${formatOtpauthUri(account)}\n`).join('');
