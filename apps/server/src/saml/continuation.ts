import { Refusal } from '../platform/http/refusal.ts';
import type { Platform } from '../platform/platform.ts';
import type { Proof } from '../sso/assurance.ts';
import type { Continuation } from '../sso/interactions.ts';
import { answerUrl } from './sign-in.ts';
import { resolveRequest } from './store.ts';

/** How it ended in the User Portal. */
export type Resolution = { sessionId: string; proof: Proof } | 'given up';

/** Back to where the service provider is answered, by a page that sends a form on. */
export function continuationOf({ store, now, issuer }: Platform): Continuation {
  const resolve = async (id: string, resolution: Resolution): Promise<string> => {
    const kept = await resolveRequest.get(store, { id, resolution: JSON.stringify(resolution), now: now() });
    if (!kept) throw new Refusal('not_found');
    return answerUrl(id, issuer);
  };
  return {
    resume: (id, { id: sessionId }, proof) => resolve(id, { sessionId, proof }),
    refuse: (id) => resolve(id, 'given up'),
  };
}
