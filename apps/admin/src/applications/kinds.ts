import type { Application } from '@countersign/protocol/wire';
import { templates } from './templates.ts';

/** What can be added: a template, or a kind of application. */
export interface Choice {
  id: string;
  label: string;
  text: string;
}

export const kinds: (Choice & { id: Application['kind'] })[] = [
  {
    id: 'oidc',
    label: 'OpenID Connect',
    text: 'Another application that asks this server who somebody is by OpenID Connect.',
  },
  {
    id: 'saml',
    label: 'SAML',
    text: 'Another application that asks by SAML 2.0. You need its metadata, an XML file or an address.',
  },
  {
    id: 'bookmark',
    label: 'Bookmark',
    text: 'A link in the User Portal; the application signs people in itself.',
  },
];

export const known: Choice[] = templates.map(({ id, name, text }) => ({ id, label: name, text }));
