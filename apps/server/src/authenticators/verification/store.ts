import { statement } from '../../platform/store/store.ts';

/** Codes for a first verification key. */

export const replaceVerificationKeyCode = statement(`
  INSERT INTO verification_key_codes (authenticator_id, code_hash, expires_at, used_at)
  VALUES (:authenticator_id, :code_hash, :expires_at, NULL)
  ON CONFLICT (authenticator_id) DO UPDATE SET code_hash = :code_hash, expires_at = :expires_at, used_at = NULL`);
export const findVerificationKeyCode = statement<{ expires_at: number; used_at: number | null }>(`
  SELECT expires_at, used_at FROM verification_key_codes
  WHERE code_hash = :code_hash AND authenticator_id = :authenticator_id`);
/** Spends the code, once. */
export const useVerificationKeyCode = statement<{ authenticator_id: string }>(`
  UPDATE verification_key_codes SET used_at = :now
  WHERE code_hash = :code_hash AND authenticator_id = :authenticator_id AND used_at IS NULL AND expires_at > :now
  RETURNING authenticator_id`);
export const purgeVerificationKeyCodes = statement(
  `DELETE FROM verification_key_codes WHERE expires_at < :before`,
);

/** Never in the place of one that is there. */
export const addVerificationKey = statement<{ id: string }>(`
  UPDATE authenticators SET webauthn_credential_id = :credential_id, webauthn_public_key = :public_key,
    webauthn_counter = :counter
  WHERE id = :id AND state = 'active' AND webauthn_credential_id IS NULL RETURNING id`);

/** The challenge of the registration that would add or replace the verification key; the latest, and good for one try. */
export const keepVerificationOptions = statement(
  `UPDATE authenticators SET replacement_challenge = :challenge WHERE id = :id`,
);
export const takeVerificationOptions = statement<{ challenge: string }>(`
  UPDATE authenticators SET replacement_challenge = NULL WHERE id = :id AND replacement_challenge = :challenge
  RETURNING CAST(:challenge AS TEXT) AS challenge`);
export const updateVerificationKey = statement(`
  UPDATE authenticators SET webauthn_credential_id = :credential_id, webauthn_public_key = :public_key,
    webauthn_counter = :counter
  WHERE id = :id`);
