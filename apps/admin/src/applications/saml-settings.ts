import type { SamlServiceProvider, SamlSettings } from '@countersign/protocol/wire';

/** What an administrator chooses for a service provider. */
export type SamlDraft = Required<Omit<SamlSettings, 'metadata' | 'metadata_url'>>;

export const samlDraftOf = (from: SamlServiceProvider): SamlDraft => ({
  name_id_format: from.name_id_format,
  name_id_source: from.name_id_source,
  attributes: from.attributes,
  sign: from.sign,
  encrypt: from.encrypt,
  require_signed_requests: from.require_signed_requests,
  allow_sha1_digests: from.allow_sha1_digests,
  idp_initiated: from.idp_initiated,
  relay_state: from.relay_state,
});

type Certificate = SamlServiceProvider['certificates'][number];
const soon = 30 * 86_400_000; // ms

/** How long a certificate is good for, where that is to be seen to; `now` in ms since 1970. */
export function certificateState(
  { valid_from, valid_to }: Certificate,
  now: number,
): 'ended' | 'ending' | 'early' | undefined {
  if (Date.parse(valid_to) <= now) return 'ended';
  if (Date.parse(valid_from) > now) return 'early';
  return Date.parse(valid_to) - now < soon ? 'ending' : undefined;
}

/** What the list of applications warns of. Of several certificates for one use, as during a change, the last counts. */
export function troubleOf(
  { problem, certificates }: Pick<SamlServiceProvider, 'problem' | 'certificates'>,
  now: number,
): { tone: 'danger' | 'warning'; words: string } | undefined {
  if (problem !== null) return { tone: 'danger', words: 'Metadata cannot be read' };
  const last = new Map<string, Certificate>();
  for (const each of certificates) {
    const other = last.get(each.use);
    if (!other || Date.parse(each.valid_to) > Date.parse(other.valid_to)) last.set(each.use, each);
  }
  const states = [...last.values()].map((each) => certificateState(each, now));
  if (states.includes('ended')) return { tone: 'danger', words: 'Certificate has ended' };
  return states.includes('ending') ? { tone: 'warning', words: 'Certificate ends soon' } : undefined;
}

/** The first certificate in our metadata, which signs now, as PEM: for applications that read no metadata. */
export function certificateIn(metadata: string): string | undefined {
  const text = /<ds:X509Certificate>([^<]+)</.exec(metadata)?.[1];
  const lines = text?.replace(/\s/g, '').match(/.{1,64}/g);
  return lines
    ? ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----'].join('\n')
    : undefined;
}
