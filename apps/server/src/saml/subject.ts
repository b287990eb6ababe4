import { createHmac } from 'node:crypto';
import { groupsOf } from '../groups/groups.ts';
import { findKey, keepKey } from '../platform/keys/store.ts';
import type { Platform } from '../platform/platform.ts';
import { randomSecret } from '../platform/random-text.ts';
import type { Store } from '../platform/store/store.ts';
import { sealed } from '../platform/sealed-columns.ts';
import type { UserRow } from '../users/store.ts';
import type { AssertionAttribute } from './issue/assertion.ts';
import type { NameId } from './name-id.ts';
import { attributeNameFormats, nameIdFormats } from './names.ts';
import type { Chosen } from './service-providers.ts';

/** What a service provider is told of a person: the name that it knows them by, and attributes. */

export type Person = Pick<UserRow, 'id' | 'login' | 'email' | 'name' | 'language'> & {
  groups: readonly string[];
};

export interface Subject {
  nameId: NameId;
  attributes: AssertionAttribute[];
}

export async function subjectOf(
  platform: Platform,
  chosen: Chosen,
  about: { id: string; entityId: string },
  user: Omit<Person, 'groups'>,
): Promise<Subject> {
  const asksForGroups = chosen.attributes.some(({ source }) => source === 'groups');
  const person = { ...user, groups: asksForGroups ? await groupsOf(platform.store, user.id) : [] };
  const key = chosen.name_id_format === 'persistent' ? await pseudonymKey(platform) : '';
  return {
    nameId: nameIdFor(chosen, person, about, {
      issuer: platform.issuer,
      key,
      once: () => randomSecret(platform.random),
    }),
    attributes: attributesFor(chosen, person),
  };
}

/** `key`: of the pseudonyms; `once`: makes a name that nobody has had. */
export function nameIdFor(
  { name_id_format, name_id_source }: Pick<Chosen, 'name_id_format' | 'name_id_source'>,
  person: Person,
  { id, entityId }: { id: string; entityId: string },
  { issuer, key, once }: { issuer: string; key: string; once: () => string },
): NameId {
  const format = nameIdFormats[name_id_format];
  switch (name_id_format) {
    case 'persistent': {
      // Core, section 8.3.7: the same each time, and of no use to another application.
      const value = createHmac('sha256', key).update(`${id} ${person.id}`).digest('base64url');
      return { format, value, nameQualifier: `${issuer}/saml/metadata`, spNameQualifier: entityId };
    }
    case 'transient':
      return { format, value: once() };
    case 'emailAddress':
      return { format, value: person.email };
    case 'unspecified':
      return { format, value: person[name_id_source] };
  }
}

/** What a person has none of is left out. */
export const attributesFor = (
  { attributes }: Pick<Chosen, 'attributes'>,
  person: Person,
): AssertionAttribute[] =>
  attributes.flatMap(({ name, name_format = 'unspecified', friendly_name, source, value }) => {
    const found = source === 'fixed' ? value : person[source];
    const values = typeof found === 'string' ? [found] : (found ?? []);
    if (values.length === 0) return [];
    return [{ name, nameFormat: attributeNameFormats[name_format], friendlyName: friendly_name, values }];
  });

const keyName = 'saml-pseudonyms';
const place = sealed.serverKeys.place(keyName);
/** By store. It never changes, or every application would take everybody for somebody new. */
const known = new WeakMap<Store, string>();

async function pseudonymKey({ store, sealing, random, now }: Platform): Promise<string> {
  let key = known.get(store);
  if (key !== undefined) return key;
  let row = await findKey.get(store, { name: keyName });
  if (!row) {
    const text = sealing.seal(randomSecret(random), place);
    // Of two servers that make it at once, the first one's stays.
    await keepKey.run(store, { name: keyName, sealed: text, created_at: now() });
    row = (await findKey.get(store, { name: keyName }))!;
  }
  key = sealing.open(row.sealed, place);
  known.set(store, key);
  return key;
}
