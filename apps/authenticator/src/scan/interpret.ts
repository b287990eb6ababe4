import { parseActivationUri } from '@countersign/protocol';

/** What a scanned text is, in terms of what the app can do with it. */
export type Scanned =
  | { kind: 'activation'; issuer: string; code: string }
  /** In words, for the person who scanned it. */
  | { kind: 'other'; what: string };

export function interpret(text: string, ownIssuer: string): Scanned {
  const activation = parseActivationUri(text);
  if (activation && activation.issuer === ownIssuer) return { kind: 'activation', ...activation };
  if (activation) {
    const host = new URL(activation.issuer).host;
    return {
      kind: 'other',
      what: `This code belongs to another organisation (${host}). Open ${host}/authenticator/ and scan it in the app there.`,
    };
  }
  if (/^otpauth/i.test(text)) {
    return {
      kind: 'other',
      what: 'This is a code for one-time passwords of another service, not for approving sign-ins here.',
    };
  }
  const page = URL.parse(text);
  if (page && /^https?:$/.test(page.protocol)) {
    return {
      kind: 'other',
      what: `This code opens a web page (${page.host}). Scan the code that the User Portal shows under “I have the app”.`,
    };
  }
  if (/^WIFI:/i.test(text)) return { kind: 'other', what: 'This code joins a Wi-Fi network.' };
  return { kind: 'other', what: 'This code is not for this app.' };
}
