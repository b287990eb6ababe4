import type { ApplicationPreview, PreviewApplication } from '@countersign/protocol/wire';
import type { ApplicationRow } from '../../../applications/store.ts';
import { claimsOf } from '../../../oidc/claims.ts';
import { Refusal } from '../../../platform/http/refusal.ts';
import type { Platform } from '../../../platform/platform.ts';
import { nameIdFormats } from '../../../saml/names.ts';
import { chosenFor } from '../../../saml/service-providers.ts';
import { subjectOf } from '../../../saml/subject.ts';
import { findUser } from '../../../users/store.ts';

/** What an application would be told of somebody, with settings that need not be kept yet. @throws Refusal 400, 404 */
export async function previewOf(
  { id, kind }: ApplicationRow,
  { user_id, saml = {} }: PreviewApplication,
  platform: Platform,
): Promise<ApplicationPreview> {
  const user = await findUser.get(platform.store, { id: user_id });
  if (!user) throw new Refusal('malformed', { errors: [{ path: '/user_id', message: 'is nobody' }] });
  if (kind === 'saml') {
    const { entityId, chosen } = await chosenFor(platform.store, id, saml);
    const { nameId, attributes } = await subjectOf(platform, chosen, { id, entityId }, user);
    const { format = nameIdFormats.unspecified, value } = nameId;
    return {
      name_id: { format, value },
      attributes: attributes.map(({ name, values }) => ({ name, values: [...values] })),
    };
  }
  if (kind === 'bookmark')
    throw new Refusal('malformed', { detail: 'A bookmark is told nothing of anybody.' });
  const claims = await claimsOf(platform.store, user, { groups: true });
  return {
    name_id: null,
    attributes: Object.entries(claims).map(([name, value]) => ({
      name,
      values: Array.isArray(value) ? value : [String(value)],
    })),
  };
}
