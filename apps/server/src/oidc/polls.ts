import { errors } from 'oidc-provider';
import { Refusal } from '../platform/http/refusal.ts';
import { second, type Platform } from '../platform/platform.ts';
import { hashSecret } from '../platform/random-text.ts';
import { countCall, type Window } from '../platform/rate-limits/window.ts';

/** How often a device or a program may ask whether the person has gone on. */

/** Seconds between two polls (RFC 8628 section 3.2, CIBA Core section 7.3). */
export const interval = 5;
/** One a little early is none too many: clocks differ, and networks hurry up. */
const pollWindow: Window = { most: 1, length: interval * second - 500 };

/** `id`: what is polled with. @throws errors.SlowDown */
export async function demandPatience(id: string, { store, now }: Platform): Promise<void> {
  try {
    await countCall(store, `poll:${hashSecret(id)}`, pollWindow, now());
  } catch (error) {
    throw error instanceof Refusal ? new errors.SlowDown() : error;
  }
}
