import { normalizeCode } from '@countersign/protocol';
import { parseOtpauthUri, type OtpAccount } from '@countersign/protocol/otp';
import { t } from '../texts/texts.ts';

/** What a scanned text is, in terms of what the app can do with it. */
export type Scanned =
  | { kind: 'activation'; code: string; transferKey: string | undefined }
  | { kind: 'verification_key'; code: string }
  | { kind: 'otp'; account: OtpAccount }
  /** A page of Google Authenticator's transfer, or several addresses: the import reads it. */
  | { kind: 'import'; text: string }
  /** In words, for the person who scanned it. */
  | { kind: 'other'; what: string };

/** More than any QR code holds (ISO/IEC 18004: 7,089 digits, 2,953 bytes). */
const longest = 8_192;

export function interpret(scanned: string, ownIssuer: string): Scanned {
  const text = scanned.trim();
  const other = (what: string): Scanned => ({ kind: 'other', what });
  if (text.length > longest) return other(t.add.tooMuch);
  const ours = oursIn(text, ownIssuer);
  if (ours) return ours;
  if (/^otpauth-migration:/i.test(text) || /^otpauth:.*\n\s*otpauth:/is.test(text))
    return { kind: 'import', text };
  if (/^otpauth:/i.test(text)) {
    const read = parseOtpauthUri(text);
    if ('account' in read) return { kind: 'otp', account: read.account };
    return other(t.add.otpauth[read.problem] ?? t.add.damaged);
  }
  const page = URL.parse(text);
  if (page && /^https?:$/.test(page.protocol)) return other(t.add.webPage(page.host));
  if (/^WIFI:/i.test(text)) return other(t.add.wifi);
  if (/^(BEGIN:VCARD|MECARD:)/i.test(text)) return other(t.add.contact);
  return other(t.add.notForApp);
}

/** What a Countersign server shows: an activation, a move (an activation with the key of the codes), a verification key. */
function oursIn(text: string, ownIssuer: string): Scanned | undefined {
  const url = URL.parse(text);
  const found = url && /^#\/(activate|verification-key)\?(.*)$/.exec(url.hash);
  if (!found || url.pathname !== '/authenticator/') return undefined;
  if (url.origin !== ownIssuer) return { kind: 'other', what: t.add.otherOrganization(url.host) };
  const query = new URLSearchParams(found[2]);
  const code = query.get('code') ?? '';
  if (!normalizeCode(code)) return { kind: 'other', what: t.add.damaged };
  if (found[1] === 'verification-key') return { kind: 'verification_key', code };
  return { kind: 'activation', code, transferKey: query.get('key') ?? undefined };
}
