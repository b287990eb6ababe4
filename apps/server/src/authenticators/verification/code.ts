import { generateCode, normalizeCode } from '@countersign/protocol';
import type { VerificationKeyCode } from '@countersign/protocol/wire';
import type { Asker } from '../../platform/http/asker.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import { hour, minute, timeText, type Platform } from '../../platform/platform.ts';
import { hashSecret } from '../../platform/random-text.ts';
import { countCall } from '../../platform/rate-limits/window.ts';
import type { Events } from '../../events/events.ts';
import { countUnknownCode } from '../activation.ts';
import type { AuthenticatorRow } from '../store.ts';
import { deviceOf } from '../view.ts';
import { findVerificationKeyCode, replaceVerificationKeyCode } from './store.ts';

/** The portal's code with which a phone that has no verification key gets its first one. */

const codeLifetime = 10 * minute;
const codesAnHour = { most: 20, length: hour };

/** A fresh code for this phone; an older one no longer holds. @throws Refusal 409 `verification_key_exists`, 429. */
export async function issueVerificationKeyCode(
  phone: AuthenticatorRow,
  user: { id: string; login: string },
  asker: Asker,
  { platform, events }: { platform: Platform; events: Events },
): Promise<VerificationKeyCode> {
  const { store, now, random, issuer } = platform;
  if (phone.webauthn_credential_id) throw new Refusal('verification_key_exists');
  await countCall(store, `verification-key-codes:${user.id}`, codesAnHour, now());
  const code = generateCode(random);
  const expires_at = now() + codeLifetime;
  await store.transaction(async (transaction) => {
    await replaceVerificationKeyCode.run(transaction, {
      authenticator_id: phone.id,
      code_hash: hashSecret(normalizeCode(code)!),
      expires_at,
    });
    await events.record(transaction, {
      type: 'authenticator.verification_key_begun',
      actor: user,
      user,
      asker,
      details: { authenticator: phone.id, device: deviceOf(phone).name },
    });
  });
  // In the fragment, so that no log and no proxy ever sees it.
  const verification_key_uri = `${issuer}/authenticator/#/verification-key?code=${code}`;
  return { code, verification_key_uri, expires_at: timeText(expires_at) };
}

/**
 * Looks at a code, and spends nothing. Returns its hash.
 * @throws Refusal 404 `activation_not_found` (also for another phone's code), 410 `activation_expired` or `_used`, 429.
 */
export async function demandVerificationKeyCode(
  code: string,
  authenticator_id: string,
  source: string,
  platform: Platform,
): Promise<string> {
  const { store, now } = platform;
  const normalized = normalizeCode(code);
  const code_hash = normalized && hashSecret(normalized);
  const known = code_hash && (await findVerificationKeyCode.get(store, { code_hash, authenticator_id }));
  if (!known) {
    await countUnknownCode(source, platform);
    throw new Refusal('activation_not_found');
  }
  if (known.used_at !== null) throw new Refusal('activation_used');
  if (known.expires_at <= now()) throw new Refusal('activation_expired');
  return code_hash;
}
