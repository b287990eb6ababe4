import type { AuthenticationState } from '@countersign/protocol/wire';
import { applicationIn, resourceOfApplication } from '../applications/applications.ts';
import { findApplication } from '../applications/store.ts';
import type { Asker, From } from '../platform/http/asker.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { minute, type Platform } from '../platform/platform.ts';
import { randomId } from '../platform/random-text.ts';
import type { Transaction } from '../platform/store/store.ts';
import type { Events } from '../events/events.ts';
import type { Hashing } from '../password/hashing.ts';
import { verifyPassword } from '../password/verify.ts';
import { takeAssertion } from '../passkey/verify.ts';
import { provenBy, type AskedPurpose, type Decision } from '../policy/decide.ts';
import type { Proven } from '../policy/rules.ts';
import { isAdministrator, type LiveSession } from '../sessions/sessions.ts';
import { readSettings } from '../settings/settings.ts';
import { demandMayUse } from '../sso/access.ts';
import { takeUpInteraction } from '../sso/store.ts';
import { findUser, holdUser, rememberFactor, type UserRow } from '../users/store.ts';
import { decideBeginning, type Why } from './decide.ts';
import {
  findAuthentication,
  insertAuthentication,
  makeReady,
  type AuthenticationRow,
  type HostAsk,
} from './store.ts';

/** Step one of an authentication: who begins it, and on the strength of what. */

const lifetime = 10 * minute;

/** What a step-up can be for, beside applications. */
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

/**
 * A passkey is a whole sign-in: who holds it was verified by it (two factors in one, SP 800-63B-4 section 3.1.7.1). What is
 * begun is ready at once.
 * @throws Refusal 422 `passkey_failed`, also for a suspended person; 403 `no_allowed_factor` or `forbidden`.
 */
export async function beginWithPasskey(
  { purpose, passkey }: { purpose: 'portal_login' | 'admin_login'; passkey: object },
  browserHash: string,
  asker: Asker,
  needs: BeginNeeds,
): Promise<AuthenticationRow> {
  const { platform, events } = needs;
  const { mfa } = await readSettings(platform.store);
  if (!mfa.factors.includes('passkey')) throw new Refusal('no_allowed_factor');
  const assertion = { response: passkey, subject: browserSubject(browserHash) };
  let refused: Parameters<typeof refuse> | undefined;
  const begun = await takeAssertion(assertion, platform, async (transaction, { user_id }) => {
    const user = (await findUser.get(transaction, { id: user_id }))!;
    if (user.state !== 'active') throw new Refusal('passkey_failed');
    if (purpose === 'admin_login' && !isAdministrator(user.role)) {
      throw new Refusal('forbidden', { detail: 'This account does not administer anything.' });
    }
    const { acr, amr } = provenBy.passkey;
    const asked = { purpose, resource: null, browser_hash: browserHash, ip: asker.ip };
    const { decision, why } = await decideBeginning(transaction, asked, user, platform.now(), {
      by_passkey: true,
    });
    if (decision.outcome !== 'challenge' || !decision.factors.passkey) {
      // Of what was tried the assertion is spent; the refusal is written down after it.
      refused = [{ purpose, user, asker }, { decision, why }, needs];
      return undefined;
    }
    const beginning = { purpose, user, browserHash, asker, amr: [...amr], sessionId: null, resource: null };
    const id = await insertBegun(
      transaction,
      beginning,
      { state: 'challenge', codeRequired: false },
      platform,
    );
    const proven: Proven = { factor: 'passkey', number: false, user_verified: true };
    const proof = {
      id,
      acr,
      amr: JSON.stringify(amr),
      proof: JSON.stringify(proven),
      earns_familiarity: 1,
      now: platform.now(),
    };
    const ready = (await makeReady.get(transaction, proof))!;
    await rememberFactor.run(transaction, { id: user.id, factor: 'passkey' });
    const about = { actor: user, user, asker };
    const reason = 'a passkey is both factors';
    await events.record(transaction, {
      type: 'authentication.begun',
      ...about,
      details: { authentication: id, purpose, reason, ...why },
    });
    await events.record(transaction, {
      type: 'factor.used',
      ...about,
      details: { factor: 'passkey', authentication: id },
    });
    return ready;
  });
  return begun ?? refuse(...refused!);
}

/** Whom the challenge of a sign-in is given to whose user is not known yet. */
export const browserSubject = (browserHash: string): string => `browser:${browserHash}`;

/** @throws Refusal 400 `malformed` for an unknown resource, 403 `application_not_allowed` or `no_allowed_factor`. */
export async function beginStepUp(
  session: LiveSession,
  resource: string,
  browserHash: string,
  asker: Asker,
  needs: BeginNeeds,
): Promise<AuthenticationRow> {
  const { store } = needs.platform;
  const id = applicationIn(resource);
  const application = id === undefined ? undefined : await findApplication.get(store, { id });
  if (!application && !(actResources as readonly string[]).includes(resource))
    throw new Refusal('malformed', { detail: 'resource is none that this server has named.' });
  if (application) await demandMayUse(store, session.user_id, application);
  const user = (await findUser.get(store, { id: session.user_id }))!;
  const amr = JSON.parse(session.amr) as string[];
  return begin({ purpose: 'step_up', user, browserHash, asker, amr, sessionId: session.id, resource }, needs);
}

/**
 * A step-up for what an application asked for, in the browser that the application sent.
 * @throws Refusal 404, 403 `application_not_allowed` or `no_allowed_factor`.
 */
export async function beginSso(
  session: LiveSession,
  interactionId: string,
  browserHash: string,
  asker: Asker,
  needs: BeginNeeds,
): Promise<AuthenticationRow> {
  const { store, now } = needs.platform;
  const taken = { id: interactionId, browser_hash: browserHash, now: now() };
  const interaction = await takeUpInteraction.get(store, taken);
  const application = interaction && (await findApplication.get(store, { id: interaction.application_id }));
  if (!interaction || !application) throw new Refusal('not_found');
  // Nobody's phone is asked for what they may not use.
  await demandMayUse(store, session.user_id, application);
  const user = (await findUser.get(store, { id: session.user_id }))!;
  const amr = JSON.parse(session.amr) as string[];
  const resource = resourceOfApplication(application.id);
  return begin(
    { purpose: 'sso', user, browserHash, asker, amr, sessionId: session.id, resource, interactionId },
    needs,
  );
}

interface Beginning {
  purpose: AskedPurpose;
  user: UserRow;
  browserHash: string;
  asker: From;
  amr: string[];
  sessionId: string | null;
  resource: string | null;
  /** What an application began, of purpose `sso`. */
  interactionId?: string;
  /** Of purpose `backchannel`. */
  backchannel?: Pick<AuthenticationRow, 'request_hash' | 'least_acr' | 'binding_message'>;
  /** Of purpose `device_login`. */
  hostAsk?: HostAsk;
}

async function begin(beginning: Beginning, { platform, events }: BeginNeeds): Promise<AuthenticationRow> {
  const { store } = platform;
  const { purpose, user, asker, resource, interactionId, sessionId } = beginning;
  const asked = {
    purpose,
    resource,
    interaction_id: interactionId ?? null,
    browser_hash: beginning.browserHash,
    ip: asker.ip,
  };
  const { decision, why } = await decideBeginning(store, asked, user, platform.now());
  // A step-up has nothing to offer where no factor can be challenged: it never enrols, and never falls back.
  const refused = decision.outcome === 'refuse' || (sessionId !== null && decision.outcome !== 'challenge');
  if (refused) return refuse(beginning, { decision, why }, { platform, events });
  const state = stateOf(decision);
  const codeRequired = decision.outcome === 'enrollment' && decision.codeRequired;
  const id = await store.transaction(async (transaction) => {
    if (sessionId === null) await demandPresentPassword(transaction, user);
    const inserted = await insertBegun(transaction, beginning, { state, codeRequired }, platform);
    await events.record(transaction, {
      type: 'authentication.begun',
      actor: user,
      user,
      asker,
      details: {
        authentication: inserted,
        purpose,
        reason: decision.reason,
        amr: beginning.amr,
        ...(resource ? { resource } : {}),
        ...why,
      },
    });
    return inserted;
  });
  return (await findAuthentication.get(store, { id }))!;
}

/**
 * Hashing takes its time, and waits for its turn: a password that was changed meanwhile was right and is so no longer, and
 * what ended with it must not begin anew. Whoever changes it after this finds what is begun here.
 * @throws Refusal 401 `invalid_credentials`
 */
async function demandPresentPassword(
  transaction: Transaction,
  { id, password_hash }: UserRow,
): Promise<void> {
  const present = await holdUser.get(transaction, { id });
  if (present?.password_hash !== password_hash) throw new Refusal('invalid_credentials');
}

/**
 * `authentication`: where it had begun. @throws Refusal 403, always: `policy_denied` where a rule denies it, else
 * `no_allowed_factor`.
 */
export async function refuse(
  {
    purpose,
    user,
    asker,
    resource,
    authentication,
  }: Pick<Beginning, 'purpose' | 'user' | 'asker'> & { resource?: string | null; authentication?: string },
  { decision, why }: { decision: { reason: string; denied?: true }; why: Why },
  { platform, events }: Pick<BeginNeeds, 'platform' | 'events'>,
): Promise<never> {
  // Of what a program or a host asks, the person may know nothing.
  const byOthers = purpose === 'backchannel' || purpose === 'device_login';
  const about = { actor: byOthers ? null : user, user, asker };
  await platform.store.transaction((transaction) =>
    events.record(transaction, {
      type: 'authentication.refused',
      ...about,
      details: {
        purpose,
        reason: decision.reason,
        ...(authentication ? { authentication } : {}),
        ...(resource ? { resource } : {}),
        ...why,
      },
    }),
  );
  throw new Refusal(decision.denied ? 'policy_denied' : 'no_allowed_factor');
}

/** Returns its id. It lives until `until` (milliseconds since 1970) at the longest. */
export async function insertBegun(
  transaction: Transaction,
  { purpose, user, browserHash, asker, amr, sessionId, resource, interactionId, ...more }: Beginning,
  {
    state,
    codeRequired,
    until = Infinity,
  }: { state: AuthenticationState; codeRequired: boolean; until?: number },
  { now, random }: Platform,
): Promise<string> {
  const id = randomId(random);
  await insertAuthentication.run(transaction, {
    id,
    purpose,
    user_id: user.id,
    browser_hash: browserHash,
    session_id: sessionId,
    resource,
    interaction_id: interactionId ?? null,
    request_hash: null,
    least_acr: null,
    binding_message: null,
    ...more.backchannel,
    host_login: more.hostAsk ? JSON.stringify(more.hostAsk) : null,
    state,
    enrollment_code_required: codeRequired ? 1 : 0,
    amr: JSON.stringify(amr),
    ip: asker.ip,
    client: asker.client,
    now: now(),
    expires_at: Math.min(now() + lifetime, until),
  });
  return id;
}

export function stateOf(decision: Decision): AuthenticationState {
  if (decision.outcome === 'challenge') return 'challenge';
  return decision.outcome === 'enrollment' ? 'enrollment_required' : 'ready';
}
