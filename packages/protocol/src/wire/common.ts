import { Type, type TSchema } from 'typebox';

/** Pieces that several resources share. */

export const Id = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' });
/** RFC 3339 in UTC. */
export const Time = Type.String({ format: 'date-time' });
export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
/** One of these words. */
export const OneOf = <const T extends string[]>(...values: T) => Type.Enum<T>(values);

/** What a person types as a login name, or an e-mail address in its place. */
export const Login = Type.String({ minLength: 1, maxLength: 254 });
/** Bounded so that nobody has megabytes hashed; 1,024 characters leave room for every passphrase. */
export const Password = Type.String({ minLength: 1, maxLength: 1024 });
export const Email = Type.String({
  minLength: 3,
  maxLength: 254,
  pattern: '^[^\\s@<>",;:\\\\]+@[^\\s@<>",;:\\\\]+$',
});
/**
 * One line that reads as it is written: a name stands in mails, on phones and in lists, and what breaks the line or turns
 * its direction would write a paragraph, or another name, there. Joiners stay: names are spelt with them.
 */
const misleading = '\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069';
/** What `\s` is beside those: disjoint from what a name begins with, so that no long text is looked through again and again. */
const space = ' \\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000\\ufeff';
const Name = Type.String({
  minLength: 1,
  maxLength: 100,
  pattern: `^[${space}]*[^\\s${misleading}][^${misleading}]*$`,
});
export const PersonName = Name;
export const OrganizationName = Name;
export const GroupName = Name;
export const TokenName = Name;
export const Organization = Type.Object({ name: OrganizationName });
export const Account = Type.Object({ login: Type.String(), name: Type.String() });

/** Of what can be edited, as in the header `ETag` (RFC 9110 section 8.8.3): what is sent back as `If-Match`. */
export const Etag = Type.String();
/** Where it is given, a change is made only to what still has this tag (RFC 9110 section 13.1.1); else 412 `changed_meanwhile`. */
export const OptionalIfMatch = Type.Object({
  'if-match': Type.Optional(Type.String({ maxLength: 1000, description: 'The `ETag` of what is changed.' })),
});

export const List = <T extends TSchema>(item: T) => Type.Object({ items: Type.Array(item) });
export const Page = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), next_cursor: Nullable(Type.String()) });

/** WebAuthn JSON (W3C WebAuthn Level 3, section 5.1): checked by the WebAuthn library, passed through here. */
export const WebauthnJson = Type.Object({}, { additionalProperties: true });

/** What pages and mails can be in (BCP 47). */
export const Language = OneOf('en', 'de');
export type Language = Type.Static<typeof Language>;

export const Role = OneOf('owner', 'admin', 'help_desk', 'read_only', 'user');
export type Role = Type.Static<typeof Role>;
export const Acr = OneOf('urn:countersign:aal1', 'urn:countersign:aal2', 'urn:countersign:phr');
export type Acr = Type.Static<typeof Acr>;
