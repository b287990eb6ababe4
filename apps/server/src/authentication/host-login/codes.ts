import { totpTries } from '../../otp/verify.ts';
import type { Platform } from '../../platform/platform.ts';
import { blockedUntil } from '../../platform/rate-limits/attempts.ts';
import { recoveryTries } from '../../recovery/codes.ts';
import { offeredFactors } from '../decide.ts';
import type { AuthenticationRow } from '../store.ts';

/** Kinds of code that can be typed at a prompt. */
export type CodeKind = 'totp' | 'recovery_code';

const triesOf = { totp: totpTries, recovery_code: recoveryTries };

/**
 * Which of them the authentication may be answered with; `free`: none of those that are locked, of which the first is free
 * again at `lockedUntil`.
 */
export async function codesFor(
  authentication: AuthenticationRow,
  { store, now }: Pick<Platform, 'store' | 'now'>,
): Promise<{ offered: CodeKind[]; free: CodeKind[]; lockedUntil: number }> {
  const { others } = await offeredFactors(store, authentication, now());
  const offered = others.filter((kind) => kind !== 'passkey');
  const locks = await Promise.all(
    offered.map((kind) => blockedUntil(store, triesOf[kind](authentication.user_id), now())),
  );
  return {
    offered,
    free: offered.filter((_, index) => locks[index] === undefined),
    lockedUntil: Math.min(...locks.filter((until) => until !== undefined)),
  };
}
