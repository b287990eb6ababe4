import type { GuardedFetch } from '../../platform/guarded-fetch.ts';
import { SamlRefusal, quoted } from '../refusal.ts';
import { utf8Of } from '../xml/values.ts';

/**
 * The text of metadata at an address that somebody typed: by the guarded client, which reaches no private address and
 * follows no redirect. @throws SamlRefusal `unreachable`, `encoding`.
 */
export async function fetchMetadata(url: string, guardedFetch: GuardedFetch): Promise<string> {
  const headers = { accept: 'application/samlmetadata+xml, application/xml, text/xml' };
  const { status, body } = await guardedFetch(url, { method: 'GET', headers }).catch((error: Error) => {
    throw new SamlRefusal(
      'unreachable',
      `The metadata at ${quoted(url)} cannot be fetched: ${error.message}.`,
    );
  });
  if (status !== 200)
    throw new SamlRefusal(
      'unreachable',
      `The metadata at ${quoted(url)} was answered with ${status}; 200 was expected.`,
    );
  return utf8Of(body);
}
