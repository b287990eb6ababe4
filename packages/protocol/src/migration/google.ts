/**
 * Google Authenticator's migration URIs, `otpauth-migration://offline?data=…`: a page of accounts in Protocol Buffers.
 * A page has the accounts (1), a version (2), how many pages there are (3), which this is (4) and what they have in
 * common (5); an account has a secret (1), a name (2), an issuer (3), an algorithm (4), digits (5), a type (6) and a
 * counter (7).
 */
import type { OtpAccount } from '../otp/account.ts';
import { joinName, splitStoredName, tidyName } from '../otp/name.ts';
import { percentDecode } from '../otp/otpauth-parts.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { take, type Findings } from './entry.ts';
import { readMessage, writeField, type Field } from './protobuf.ts';
import type { ImportFound } from './result.ts';

const scheme = /^otpauth-migration:/i;
const accountsOnPage = 10;
/** Of a page's URI. A page of several stays in reach of a phone's camera; ISO/IEC 18004, version 40-M, ends all. */
const charactersOnPage = 1_400;
const charactersInQrCode = 2_331;

/** By what stands in the file. What is 0 was not set, and means the first. */
const algorithms = ['SHA-1', 'SHA-1', 'SHA-256', 'SHA-512'] as const;
const digitCounts = [6, 6, 8] as const;
const types = ['totp', 'hotp', 'totp'] as const;

export const isGoogleMigration = (text: string): boolean => scheme.test(text);

/** Adds the accounts of a page to the findings and answers which page it is, where there are several. */
export function readGoogleMigration(
  text: string,
  findings: Findings,
): { page: ImportFound['page'] } | 'damaged' {
  const [, data] = /[?&#]data=([^&#]*)/i.exec(text) ?? [];
  // A plus that some reader of queries has made a space is a plus again: base64 has no spaces.
  const bytes =
    data === undefined ? undefined : decodeBase64(percentDecode(data.trim()).replaceAll(' ', '+'));
  const page = bytes && readMessage(bytes);
  if (page === undefined) return 'damaged';
  const accounts: Field[][] = [];
  for (const { number, value } of page) {
    if (number === 1) {
      const account = typeof value === 'bigint' ? undefined : readMessage(value);
      if (account === undefined) return 'damaged';
      accounts.push(account);
    }
  }
  for (const account of accounts) takeAccount(account, findings);
  const [size, index, batch] = [3, 4, 5].map((number) => Number(BigInt.asIntN(32, numberOf(page, number))));
  const isOneOfSeveral = size! > 1 && index! >= 0 && index! < size!;
  return { page: isOneOfSeveral ? { batch: batch!, index: index!, size: size! } : undefined };
}

function takeAccount(fields: Field[], findings: Findings): void {
  const enumerated = (number: number) => Number(numberOf(fields, number));
  const type = types[enumerated(6)];
  take(findings, {
    type: type ?? '',
    ...splitStoredName(textOf(fields, 2), textOf(fields, 3)),
    secret: bytesOf(fields, 1),
    algorithm: algorithms[enumerated(4)] ?? 'unknown',
    digits: digitCounts[enumerated(5)] ?? Number.NaN,
    period: undefined,
    counter: Number(BigInt.asIntN(64, numberOf(fields, 7))),
  });
}

/** The last field of that number counts, as in every reader of Protocol Buffers. */
function numberOf(fields: Field[], number: number): bigint {
  const value = fields.findLast((field) => field.number === number)?.value;
  return typeof value === 'bigint' ? value : 0n;
}

function bytesOf(fields: Field[], number: number): Uint8Array<ArrayBuffer> {
  const value = fields.findLast((field) => field.number === number)?.value;
  return value instanceof Uint8Array ? value : new Uint8Array();
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const textOf = (fields: Field[], number: number): string => utf8.decode(bytesOf(fields, number));

/**
 * The accounts as pages for QR codes, a URI each: at most 10 accounts and, where there are several, about 1,400
 * characters; `batch` (a number of 32 bits) is the same on all of them. The accounts that the format cannot hold (7
 * digits, another period than 30 seconds) or that no QR code can (names of thousands of bytes) are `left`.
 */
export function writeGoogleMigration(
  accounts: readonly OtpAccount[],
  batch: number,
): { pages: string[]; left: OtpAccount[] } {
  const pages: Uint8Array[][] = [];
  const left: OtpAccount[] = [];
  for (const account of accounts) {
    const written = writeAccount(account);
    const page = pages.at(-1) ?? [];
    const fits = account.digits !== 7 && (account.type === 'hotp' || account.period === 30);
    if (!fits || lengthOf([written]) > charactersInQrCode) left.push(account);
    else if (page.length % accountsOnPage === 0 || lengthOf([...page, written]) > charactersOnPage)
      pages.push([written]);
    else page.push(written);
  }
  return { pages: pages.map((page, index) => writePage(page, pages.length, index, batch)), left };
}

function writePage(accounts: readonly Uint8Array[], size: number, index: number, batch: number): string {
  const fields = [
    ...accounts.flatMap((each) => writeField(1, each)),
    ...[1, size, index, batch | 0].flatMap((value, i) => writeField(i + 2, value)),
  ];
  return `otpauth-migration://offline?data=${encodeURIComponent(encodeBase64(Uint8Array.from(fields)))}`;
}

/** Of the URI with the longest values of what stands behind the accounts. */
const lengthOf = (accounts: readonly Uint8Array[]) =>
  writePage(accounts, 2 ** 31 - 1, 2 ** 31 - 1, -1).length;

function writeAccount(account: OtpAccount): Uint8Array {
  const [issuer, label] = [tidyName(account.issuer), tidyName(account.label)];
  return Uint8Array.from([
    ...writeField(1, account.secret),
    ...writeField(2, joinName(issuer, label)),
    ...writeField(3, issuer),
    ...writeField(4, algorithms.lastIndexOf(account.algorithm)),
    ...writeField(5, account.digits === 8 ? 2 : 1),
    ...writeField(6, account.type === 'hotp' ? 1 : 2),
    ...writeField(7, account.counter),
  ]);
}
