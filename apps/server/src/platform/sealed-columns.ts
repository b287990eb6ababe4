/**
 * Every column that holds sealed texts: the one list. Only a place of this list can be sealed for (the type says so), so
 * that what goes over all of them, a change of the secret or the check of a backup, forgets none.
 */
export interface SealedColumn {
  table: string;
  /** The column that names the row. */
  key: string;
  column: string;
  /** What the text is bound to, for the row of that key: sealed texts copied elsewhere do not open. */
  place(key: string): Place;
}

export const sealed = {
  /** Keys of the server's own. */
  serverKeys: {
    table: 'server_keys',
    key: 'name',
    column: 'sealed',
    place: (name: string) => `server_keys.${name}` as const,
  },
  /** Whoever has one can send to the phone. */
  pushSubscriptions: {
    table: 'authenticators',
    key: 'id',
    column: 'push_subscription',
    place: (id: string) => `authenticators.${id}.push_subscription` as const,
  },
  /** Whoever has it makes the person's codes. */
  totpSecrets: {
    table: 'totp_factors',
    key: 'id',
    column: 'secret',
    place: (id: string) => `totp_factors.${id}.secret` as const,
  },
  /** Whoever has it signs people in as that application. */
  clientSecrets: {
    table: 'oidc_clients',
    key: 'application_id',
    column: 'client_secret',
    place: (id: string) => `oidc_clients.${id}.client_secret` as const,
  },
  /** Codes and tokens of OpenID Connect are in them. */
  oidcPayloads: {
    table: 'oidc_payloads',
    key: 'key',
    column: 'payload',
    place: (key: string) => `oidc_payloads.${key}` as const,
  },
  /** Whoever has one adds a host, or answers in the server's place while one joins. */
  joinKeys: {
    table: 'host_join_tokens',
    key: 'id',
    column: 'join_key',
    place: (id: string) => `host_join_tokens.${id}.join_key` as const,
  },
  /** Whoever has it makes the person's codes for every host that is cut off. */
  offlineSeeds: {
    table: 'offline_seeds',
    key: 'user_id',
    column: 'seed',
    place: (id: string) => `offline_seeds.${id}.seed` as const,
  },
  /** Whoever has it tells the receiver of events that never were. */
  webhookSecrets: {
    table: 'webhooks',
    key: 'id',
    column: 'secret',
    place: (id: string) => `webhooks.${id}.secret` as const,
  },
  /** An invitation's link opens an account. */
  mailBodies: {
    table: 'mails',
    key: 'id',
    column: 'body',
    place: (id: string) => `mails.${id}.body` as const,
  },
};

export type Place = ReturnType<(typeof sealed)[keyof typeof sealed]['place']>;

export const sealedColumns: readonly SealedColumn[] = Object.values(sealed);
