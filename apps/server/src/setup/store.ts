import { statement } from '../platform/store/store.ts';

export const insertSetupToken = statement(
  `INSERT INTO setup_tokens (token_hash, expires_at) VALUES (:token_hash, :expires_at)`,
);
export const findSetupToken = statement<{ token_hash: string }>(
  `SELECT token_hash FROM setup_tokens WHERE token_hash = :token_hash AND expires_at > :now`,
);
/** Spends every set-up token there is. Of two at once the first gets rows back. */
export const spendSetupTokens = statement<{ token_hash: string }>(
  `DELETE FROM setup_tokens RETURNING token_hash`,
);
