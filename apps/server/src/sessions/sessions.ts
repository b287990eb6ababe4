import type { Acr, Role, Session } from '@countersign/protocol/wire';
import { findRequiredFrom, isDue } from '../enrollment/requirement.ts';
import type { Reply, Request } from '../platform/http/app.ts';
import type { Cookies } from '../platform/http/cookies.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { hour, minute, timeText, type Platform } from '../platform/platform.ts';
import { hashSecret, randomId, randomSecret } from '../platform/random-text.ts';
import type { Queryable, Transaction } from '../platform/store/store.ts';
import { readSettings } from '../settings/settings.ts';
import { countFactors } from '../users/store.ts';
import type { Verified } from './verified.ts';
import {
  deletePreviousSession,
  deleteSession,
  demandFirstFactor,
  elevate,
  findElevation,
  findSession,
  findSessionsBeside,
  insertSession,
  isSessionLive,
  raiseSession,
  renewToken,
  replaceToken,
  touchSession,
  type SessionRow,
} from './store.ts';

/** Sessions of the two portals. The token is 256 random bits in a cookie; the store keeps its hash. */

export const idleLifetime = hour;
const wholeLifetime = 24 * hour;
/** How long a fresh sign-in, or a step-up, counts for an act. */
export const actLifetime = 5 * minute;
/** `last_seen_at` is written at most so often: reading a page is no reason for a commit each time. */
const touchInterval = minute;

export type SessionKind = 'portal' | 'admin';
/** A session and its user, as a request found it. */
export type LiveSession = NonNullable<Awaited<ReturnType<typeof findSession.get>>>;

export interface Sessions {
  /** The session of a request, or undefined. Renews its token where that is due, unless told not to. */
  find(
    request: Request,
    reply: Reply,
    kinds: readonly SessionKind[],
    options: { renew: boolean },
  ): Promise<LiveSession | undefined>;
  /** Opens a session and sets its cookie on `reply` once the transaction has committed. */
  open(transaction: Transaction, verified: Verified, opening: Opening, reply: Reply): Promise<string>;
  /** Raises a session for one resource and changes its token. @throws Refusal 401 where it has ended meanwhile. */
  stepUp(
    transaction: Transaction,
    sessionId: string,
    proven: { resource: string; acr: Acr; amr: string; proof: string | null },
    reply: Reply,
  ): Promise<void>;
  signOut(transaction: Transaction, session: SessionRow, reply: Reply): Promise<void>;
  isLive(on: Queryable, id: string): Promise<boolean>;
}

/** `first`: the user never had a factor. `code`: with a one-time enrolment code. */
export type Enrollment = 'none' | 'first' | 'code';
const enrollmentMarks: Record<Enrollment, number> = { none: 0, first: 1, code: 2 };

export interface Opening {
  kind: SessionKind;
  browserHash: string;
  ip: string | null;
  client: string | null;
  /** Whether a factor must be enrolled first, and on what strength it may be. */
  enrollment: Enrollment;
  /** Milliseconds, where it is to be shorter than any. */
  lifetime?: number | undefined;
}

export function createSessions({ store, now, random }: Platform, cookies: Cookies): Sessions {
  const idleSince = () => now() - idleLifetime;

  async function readOne(request: Request, reply: Reply, kind: SessionKind, renew: boolean) {
    const token = cookies.read(request, cookieOf(kind));
    if (!token) return undefined;
    const token_hash = hashSecret(token);
    const session = await findSession.get(store, { token_hash, kind, now: now(), idle_since: idleSince() });
    if (!session) return undefined;
    if (session.renew_token === 1 && renew) {
      const next = randomSecret(random);
      const renewed = await renewToken.get(store, {
        id: session.id,
        old_hash: token_hash,
        new_hash: hashSecret(next),
      });
      // Another request with the old token came first: that one has the new token, and the old one is spent.
      if (!renewed) return undefined;
      cookies.set(reply, cookieOf(kind), next);
    }
    if (await lacksWhatIsRequired(session)) {
      // It proved no more than the password, and the date has come since.
      if (session.had_factor === 1) {
        // To enrol again takes the code of the help desk, which a sign-in asks for.
        await store.transaction((transaction) => endSession(transaction, session.id));
        return undefined;
      }
      await demandFirstFactor.run(store, { id: session.id });
      session.enrollment_required = enrollmentMarks.first;
    }
    if (now() - session.last_seen_at > touchInterval) {
      await touchSession.run(store, { id: session.id, now: now() });
    }
    return session;
  }

  /** Whoever has a factor opens no session without it; whoever enrols one ends the others that know no more than the password. */
  const lacksWhatIsRequired = async ({ acr, enrollment_required, user_id, ...had }: LiveSession) =>
    acr === 'urn:countersign:aal1' &&
    enrollment_required === 0 &&
    (had.had_factor === 0 || had.has_factor === 0) &&
    isDue(await findRequiredFrom(store, user_id), now());

  return {
    async find(request, reply, kinds, { renew }) {
      for (const kind of kinds) {
        const session = await readOne(request, reply, kind, renew);
        if (session) return session;
      }
      return undefined;
    },
    async open(transaction, verified, opening, reply) {
      const { kind, browserHash, ip, client, enrollment, lifetime = wholeLifetime } = opening;
      const token = randomSecret(random);
      const id = randomId(random);
      await deletePreviousSession.run(transaction, {
        user_id: verified.userId,
        browser_hash: browserHash,
        kind,
      });
      await insertSession.run(transaction, {
        id,
        kind,
        user_id: verified.userId,
        token_hash: hashSecret(token),
        browser_hash: browserHash,
        acr: verified.acr,
        amr: JSON.stringify(verified.amr),
        proof: verified.proof,
        now: now(),
        enrollment_required: enrollmentMarks[enrollment],
        ip,
        client,
        expires_at: now() + Math.min(wholeLifetime, lifetime),
      });
      transaction.afterCommit(() => cookies.set(reply, cookieOf(kind), token));
      return id;
    },
    async stepUp(transaction, sessionId, proven, reply) {
      const token = randomSecret(random);
      const session = await replaceToken.get(transaction, {
        id: sessionId,
        new_hash: hashSecret(token),
        now: now(),
      });
      if (!session) throw new Refusal('no_session');
      await elevate.run(transaction, { session_id: sessionId, ...proven, until: now() + actLifetime });
      transaction.afterCommit(() => cookies.set(reply, cookieOf(session.kind), token));
    },
    async signOut(transaction, session, reply) {
      await endSession(transaction, session.id);
      transaction.afterCommit(() => cookies.clear(reply, cookieOf(session.kind)));
    },
    isLive: async (on, id) =>
      (await isSessionLive.get(on, { id, now: now(), idle_since: idleSince() })) !== undefined,
  };
}

const cookieOf = (kind: SessionKind) => (kind === 'portal' ? 'session' : 'admin');

/** Of sessions that have ended: a topic of the store. */
export const ended = 'sessions ended';

/** Ends one session, and the streams that it has open. Whether it was there. */
export async function endSession(transaction: Transaction, id: string): Promise<boolean> {
  const row = await deleteSession.get(transaction, { id });
  transaction.notify(`session:${id}`);
  transaction.notify(ended);
  return row !== undefined;
}

/** Who signs out leaves nothing open in that browser, of neither portal: the sessions to end for one. */
export const sessionsBeside = async (on: Queryable, id: string): Promise<string[]> =>
  (await findSessionsBeside.all(on, { id })).map((row) => row.id);

/** A session that waited for a first factor becomes full; its token changes with its next response. */
export const completeEnrollment = async (
  transaction: Transaction,
  id: string,
  { acr, amr, now }: { acr: string; amr: readonly string[]; now: number },
): Promise<boolean> =>
  (await raiseSession.get(transaction, { id, acr, amr: JSON.stringify(amr), now })) !== undefined;

/**
 * An act on one's own security, such as `act:factors`, wants a sign-in at the highest level that the user has within the
 * last 5 minutes, or a step-up for that act (which asks for that level). Who never had a second factor has nothing to step
 * up with. @throws Refusal 403 `step_up_required` with the `resource` to step up for.
 */
export async function demandStepUp(
  on: Queryable,
  session: LiveSession,
  resource: string,
  now: number,
): Promise<void> {
  // The password is all that somebody without factors has; who ever had one is never taken at its word again.
  if (session.had_factor === 0) return;
  const isFresh = now - session.auth_time < actLifetime;
  if (isFresh && levels.indexOf(session.acr) >= levels.indexOf(await highestOf(on, session.user_id))) return;
  if (await findElevation.get(on, { session_id: session.id, resource, now })) return;
  throw new Refusal('step_up_required', { resource });
}

const levels: readonly Acr[] = ['urn:countersign:aal1', 'urn:countersign:aal2', 'urn:countersign:phr'];

async function highestOf(on: Queryable, user_id: string): Promise<Acr> {
  const { passkeys } = (await countFactors.get(on, { user_id }))!;
  if (passkeys === 0) return 'urn:countersign:aal2';
  const { mfa } = await readSettings(on);
  return mfa.factors.includes('passkey') ? 'urn:countersign:phr' : 'urn:countersign:aal2';
}

export const isAdministrator = (role: Role): boolean => role !== 'user';

/** `due`: when they must have a second factor and have none; milliseconds since 1970. */
export const sessionView = (session: LiveSession, due?: number): Session => ({
  user: {
    id: session.user_id,
    login: session.login,
    name: session.name,
    email: session.email,
    role: session.role,
  },
  acr: session.acr,
  amr: JSON.parse(session.amr) as string[],
  auth_time: timeText(session.auth_time),
  expires_at: timeText(Math.min(session.expires_at, session.last_seen_at + idleLifetime)),
  enrollment_required: session.enrollment_required > 0,
  enrollment_due: session.enrollment_required > 0 || due === undefined ? null : timeText(due),
  password_change_required: session.password_change_required === 1,
});
