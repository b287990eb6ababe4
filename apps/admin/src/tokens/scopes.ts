import type { ApiScope } from '@countersign/protocol/wire';

/** What a token can be for, in the words of the rooms. */
interface Collection {
  label: string;
  read?: ApiScope;
  write?: ApiScope;
  /** What is to be known before it is chosen. */
  note?: string;
}

export const collections: readonly Collection[] = [
  {
    label: 'People',
    read: 'users:read',
    write: 'users:write',
    note: 'Whoever administers is out of reach of a token, and is not made by one.',
  },
  { label: 'Groups', read: 'groups:read', write: 'groups:write' },
  { label: 'Applications', read: 'applications:read', write: 'applications:write' },
  { label: 'Policies', read: 'policies:read', write: 'policies:write' },
  { label: 'Devices', read: 'hosts:read', write: 'hosts:write' },
  { label: 'Phones and app reports', read: 'authenticators:read', write: 'authenticators:write' },
  { label: 'Settings', read: 'settings:read', write: 'settings:write' },
  { label: 'Events', read: 'events:read' },
  {
    label: 'API tokens',
    read: 'tokens:read',
    write: 'tokens:write',
    note: 'It makes tokens that reach no further than itself.',
  },
  {
    label: 'Outbox',
    read: 'outbox:read',
    note: 'For an owner’s token only. The mails hold links with which one gets in.',
  },
];

/** "People: read, change. Events: read"; one that no room knows is shown as it is written. */
export function scopesInWords(scopes: readonly ApiScope[]): string {
  const known = collections.flatMap(({ label, read, write }) => {
    const acts = [
      ...(read && scopes.includes(read) ? ['read'] : []),
      ...(write && scopes.includes(write) ? ['change'] : []),
    ];
    return acts.length > 0 ? [`${label}: ${acts.join(', ')}`] : [];
  });
  const named = new Set(collections.flatMap(({ read, write }) => [read, write]));
  return [...known, ...scopes.filter((scope) => !named.has(scope))].join('. ');
}
