import { normalizeCode } from '@countersign/protocol';
import { codesFor } from '../../authentication/host-login/codes.ts';
import { takeRecovery, takeTotp, type BrowserFactorNeeds } from '../../authentication/verify.ts';
import { findAuthentication } from '../../authentication/store.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import { recoveryShape } from '../../recovery/codes.ts';
import { addressOf, clientOf } from '../shown.ts';
import type { HostLoginRow } from '../store.ts';
import { isPretendedToWait } from './pretended.ts';

/**
 * A code that was typed at the prompt. Wrong ones count for the person and the kind of code, as anywhere.
 * @throws Refusal 409 `authentication_over` or `factor_not_offered`, 422 `wrong_code` or `code_already_used`, 423.
 */
export async function takeCode(login: HostLoginRow, typed: string, needs: BrowserFactorNeeds): Promise<void> {
  const { store } = needs.platform;
  const authentication = await findAuthentication.get(store, { id: login.id });
  // As where nothing was asked before, and no code is taken.
  if (isPretendedToWait(login, needs.platform.now())) throw new Refusal('factor_not_offered');
  if (login.outcome !== null || !authentication) throw new Refusal('authentication_over');
  if (login.interactive === 0) throw new Refusal('factor_not_offered');
  const { offered } = await codesFor(authentication, needs.platform);
  // By its form; where that kind is not taken it is a wrong one of the other.
  const looksLike = normalizeCode(typed, recoveryShape) === undefined ? 'totp' : 'recovery_code';
  const kind = offered.includes(looksLike) ? looksLike : (offered[0] ?? looksLike);
  const from = { ip: addressOf(login.rhost), client: clientOf(login.service, null) };
  await (kind === 'totp' ? takeTotp : takeRecovery)(authentication, typed, from, needs);
}
