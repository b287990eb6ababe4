import type { AuthenticationState } from '@countersign/protocol/wire';
import type { Asker } from '../platform/http/asker.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { minute, type Platform } from '../platform/platform.ts';
import { randomId } from '../platform/random-text.ts';
import type { Events } from '../events/events.ts';
import type { Hashing } from '../password/hashing.ts';
import { verifyPassword } from '../password/verify.ts';
import type { AskedPurpose, Decision } from '../policy/decide.ts';
import { isAdministrator, type LiveSession } from '../sessions/sessions.ts';
import { findUser, type UserRow } from '../users/store.ts';
import { decide } from './decide.ts';
import { findAuthentication, insertAuthentication, type AuthenticationRow } from './store.ts';

/** Step one of an authentication: who begins it, and on the strength of what. */

const lifetime = 10 * minute;

/** What a step-up can be for. Applications join this list when they exist. */
const actResources = ['act:factors', 'act:password', 'act:admin'] as const;

export interface BeginNeeds {
  platform: Platform;
  hashing: Hashing;
  events: Events;
}

/** @throws Refusal 401 `invalid_credentials`, 403 `no_allowed_factor` or `forbidden`, 429. */
export async function beginLogin(
  { purpose, login, password }: { purpose: 'portal_login' | 'admin_login'; login: string; password: string },
  browserHash: string,
  asker: Asker,
  needs: BeginNeeds,
): Promise<AuthenticationRow> {
  const user = await verifyPassword({ login, password, browserHash, asker }, needs);
  if (purpose === 'admin_login' && !isAdministrator(user.role)) {
    throw new Refusal('forbidden', { detail: 'This account does not administer anything.' });
  }
  return begin({ purpose, user, browserHash, asker, amr: ['pwd'], sessionId: null, resource: null }, needs);
}

/** @throws Refusal 400 `malformed` for an unknown resource, 403 `no_allowed_factor`. */
export async function beginStepUp(
  session: LiveSession,
  resource: string,
  browserHash: string,
  asker: Asker,
  needs: BeginNeeds,
): Promise<AuthenticationRow> {
  if (!(actResources as readonly string[]).includes(resource)) {
    throw new Refusal('malformed', { detail: 'resource is none that this server has named.' });
  }
  const user = (await findUser.get(needs.platform.store, { id: session.user_id }))!;
  const amr = JSON.parse(session.amr) as string[];
  return begin({ purpose: 'step_up', user, browserHash, asker, amr, sessionId: session.id, resource }, needs);
}

interface Beginning {
  purpose: AskedPurpose;
  user: UserRow;
  browserHash: string;
  asker: Asker;
  amr: string[];
  sessionId: string | null;
  resource: string | null;
}

async function begin(beginning: Beginning, { platform, events }: BeginNeeds): Promise<AuthenticationRow> {
  const { store, now, random } = platform;
  const { purpose, user, browserHash, asker, amr, sessionId, resource } = beginning;
  const { decision } = await decide(store, purpose, user);
  // A step-up has nothing to offer where no factor can be challenged: it never enrols, and never falls back.
  const refused =
    decision.outcome === 'refuse' || (purpose === 'step_up' && decision.outcome !== 'challenge');
  if (refused) {
    await store.transaction((transaction) =>
      events.record(transaction, {
        type: 'authentication.refused',
        actor: user,
        user,
        asker,
        details: { purpose, reason: decision.reason },
      }),
    );
    throw new Refusal('no_allowed_factor');
  }
  const id = randomId(random);
  await store.transaction(async (transaction) => {
    await insertAuthentication.run(transaction, {
      id,
      purpose,
      user_id: user.id,
      browser_hash: browserHash,
      session_id: sessionId,
      resource,
      state: stateOf(decision),
      enrollment_code_required: decision.outcome === 'enrollment' && decision.codeRequired ? 1 : 0,
      amr: JSON.stringify(amr),
      ip: asker.ip,
      client: asker.client,
      now: now(),
      expires_at: now() + lifetime,
    });
    await events.record(transaction, {
      type: 'authentication.begun',
      actor: user,
      user,
      asker,
      details: { authentication: id, purpose, reason: decision.reason, ...(resource ? { resource } : {}) },
    });
  });
  return (await findAuthentication.get(store, { id }))!;
}

function stateOf(decision: Decision): AuthenticationState {
  if (decision.outcome === 'challenge') return 'challenge';
  return decision.outcome === 'enrollment' ? 'enrollment_required' : 'ready';
}
