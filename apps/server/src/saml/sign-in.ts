import { noteUse, type ApplicationRow } from '../applications/store.ts';
import type { Events } from '../events/events.ts';
import { sourceOf, type Asker } from '../platform/http/asker.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { minute, type Platform } from '../platform/platform.ts';
import { hashSecret, randomSecret } from '../platform/random-text.ts';
import type { Queryable, Store, Transaction } from '../platform/store/store.ts';
import { MissingReference } from '../platform/store/errors.ts';
import type { LiveSession } from '../sessions/sessions.ts';
import type { Proof } from '../sso/assurance.ts';
import { isWatched, mayNote, noteAttempt } from '../sso/attempts.ts';
import { pageOf, parkInteraction } from '../sso/interactions.ts';
import { mayOpen } from '../sso/access.ts';
import { proofFor } from '../sso/proofs.ts';
import { isNamedAs, nameIdFormatFor, wantedOf, type Asked } from './asked.ts';
import { statedContext } from './authn-context.ts';
import { validOf } from './certificates/read.ts';
import type { Encryption } from './issue/encrypt.ts';
import type { Delivery } from './issue/issuing.ts';
import { issueFailure, issueResponse } from './issue/response.ts';
import type { FailureStatus } from './issue/status.ts';
import { readSamlKeys } from './keys.ts';
import { SamlRefusal } from './refusal.ts';
import type { Registered } from './service-providers.ts';
import { endRequest, insertRequest, keepSamlSession, spendMessageId } from './store.ts';
import { subjectOf } from './subject.ts';

/** A service provider asks who somebody is, and is answered: at once, or after the User Portal. */

/** How long the person has. */
const lifetime = 15 * minute;

/** Our entity id (Metadata, section 2.3.2): where our metadata is. */
export const ownEntityId = (issuer: string): string => `${issuer}/saml/metadata`;

/** Where the launcher begins. */
export const startUrl = (applicationId: string, issuer: string): string =>
  `${issuer}/saml/apps/${applicationId}/start`;

export interface Inquiry {
  /** Where it waits; undefined for one that has not been kept. */
  id: string | undefined;
  asked: Asked;
  /** Of the message; undefined where it was spent, or there is none. */
  messageId?: { key: string; until: number } | undefined;
  application: ApplicationRow;
  registered: Registered;
}

/** Who sits at the browser. */
export interface Visitor {
  session: LiveSession | undefined;
  /** Undefined for a form of another site, which brings no cookies: its browser is known at the next step. */
  browserHash(): string | undefined;
  asker: Asker;
  requestId: string;
}

/** By which the visitor is counted. */
export const nameOf = ({ session, asker }: Pick<Visitor, 'session' | 'asker'>): string =>
  session?.user_id ?? sourceOf(asker.ip);

export interface SignInNeeds {
  platform: Platform;
  events: Events;
}

/** Where the browser goes: with the answer to the service provider, or on within our own pages. */
export type Outcome = Delivery | { binding: 'page'; url: string };

/**
 * Answers where the session is enough, or where nothing may be asked of the person; otherwise the person goes to the
 * User Portal, and comes back to {@link answerUrl}.
 * @throws SamlRefusal `replayed`, or what of the registration cannot be used.
 */
export async function answerOrAsk(inquiry: Inquiry, visitor: Visitor, needs: SignInNeeds): Promise<Outcome> {
  const { asked, application } = inquiry;
  const { platform } = needs;
  const { store, now } = platform;
  const wanted = wantedOf(asked, application, now());
  if (!wanted) {
    const classes = asked.requestedAuthnContext!.classRefs.join(', ') || 'none of them by a class';
    return answerFailure(
      inquiry,
      'NoAuthnContext',
      `It asks for a sign-in as ${classes}, which is not done here.`,
      visitor,
      needs,
    );
  }
  const { session } = visitor;
  const effect = session && (await mayOpen(store, session, visitor.asker.ip, application, now()));
  if (effect) {
    const proof = await proofFor(store, session, application, { wanted, effect }, now());
    if (proof) {
      const answered = await answerWith(proof, session, inquiry, visitor, needs);
      if (answered) return answered;
    }
  }
  if (asked.isPassive)
    return answerFailure(
      inquiry,
      'NoPassive',
      'It asked to ask nothing of the person (IsPassive), who is not signed in, or not surely enough.',
      visitor,
      needs,
    );
  const id = inquiry.id ?? (await keepRequest(inquiry, visitor, platform));
  await parkInteraction(store, { id, applicationId: application.id, wanted }, now());
  return { binding: 'page', url: pageOf(id) };
}

/** Keeps what was asked, and spends the message's id. @throws SamlRefusal `replayed`. */
export async function keepRequest(
  { asked, application, messageId }: Inquiry,
  { browserHash }: Visitor,
  { store, now, random }: Platform,
): Promise<string> {
  const id = randomSecret(random);
  const browser = browserHash() ?? null;
  await store.transaction(async (transaction) => {
    await spend(transaction, messageId);
    await insertRequest.run(transaction, {
      id,
      application_id: application.id,
      request: JSON.stringify(asked),
      browser_hash: browser,
      expires_at: now() + lifetime,
    });
  });
  return id;
}

/** Where the browser is answered, when it comes back from the User Portal, or from a POST that carried no cookie. */
export const answerUrl = (id: string, issuer: string): string => `${issuer}/saml/answer?id=${id}`;

/**
 * The Response with the assertion; undefined where the session has ended meanwhile. The proof was looked at before.
 * @throws SamlRefusal
 */
export async function answerWith(
  proof: Proof,
  session: LiveSession,
  inquiry: Inquiry,
  visitor: Visitor,
  needs: SignInNeeds,
): Promise<Delivery | undefined> {
  const { platform, events } = needs;
  const { store, now, random, issuer } = platform;
  const { id, asked, application, registered, messageId } = inquiry;
  const { serviceProvider, chosen } = registered;
  const fail = (status: FailureStatus, sentence: string) =>
    answerFailure(inquiry, status, sentence, visitor, needs);

  const format = nameIdFormatFor(asked, chosen.name_id_format, serviceProvider.entityId);
  if (!format)
    return fail(
      'InvalidNameIDPolicy',
      `It insists on a NameID of the format ${asked.nameIdFormat ?? ''} (SPNameQualifier ${asked.spNameQualifier ?? 'none'}); ${chosen.name_id_format} is what was chosen for it.`,
    );
  const authnContextClassRef = statedContext(asked.requestedAuthnContext, proof);
  if (!authnContextClassRef)
    return fail(
      'NoAuthnContext',
      `It insists on ${asked.requestedAuthnContext!.classRefs.join(', ')}; the person proved ${proof.acr} by ${proof.amr.join(', ')}.`,
    );
  const user = { ...session, id: session.user_id };
  const about = { id: application.id, entityId: serviceProvider.entityId };
  const { nameId, attributes } = await subjectOf(
    platform,
    { ...chosen, name_id_format: format },
    about,
    user,
  );
  if (asked.subject && !isNamedAs(asked.subject, nameId))
    return fail('UnknownPrincipal', 'It asks for somebody else than the person who is signed in.');

  const encryption = encryptionFor(registered, now());
  const { signer } = await readSamlKeys(platform);
  // The same one for the same session: the service provider may end it by that.
  const sessionIndex = hashSecret(`saml ${session.id} ${application.id}`);
  const isCurrent = await unlessEnded(store, async (transaction) => {
    const row = { id: sessionIndex, application_id: application.id, session_id: session.id };
    const isLive = await keepSamlSession.get(transaction, {
      ...row,
      name_id: JSON.stringify(nameId),
      name_value: nameId.value,
      now: now(),
    });
    if (!isLive) return false;
    // Of two tabs that go on with one, one does.
    if (id !== undefined && !(await endRequest.get(transaction, { id }))) throw new Refusal('not_found');
    await spend(transaction, messageId);
    await noteUse.run(transaction, { user_id: user.id, application_id: application.id, now: now() });
    const details = { application: application.id, name: application.name, acr: proof.acr };
    await events.record(transaction, {
      type: 'application.opened',
      actor: user,
      user,
      asker: visitor.asker,
      details,
    });
    if (!isWatched(application, now())) return true;
    const explanation = `${user.login} was named ${nameId.value}, by ${authnContextClassRef}.`;
    const attempt = { applicationId: application.id, userId: user.id, requestId: visitor.requestId };
    await noteAttempt({ ...attempt, outcome: 'signed_in', explanation }, platform, transaction);
    return true;
  });
  if (!isCurrent) return undefined;
  const facts = {
    issuer: ownEntityId(issuer),
    audience: serviceProvider.entityId,
    acsUrl: asked.acsUrl,
    inResponseTo: asked.inResponseTo,
    nameId,
    sessionIndex,
    authnInstant: proof.at,
    sessionNotOnOrAfter: sessionEnd(session, proof, application),
    authnContextClassRef,
    attributes,
  };
  const options = { sign: chosen.sign, encryption, relayState: asked.relayState };
  return issueResponse(facts, { now: now(), random, signer }, options).delivery;
}

/** False where the session ended before, or in this very moment, which PostgreSQL tells by its foreign key. */
const unlessEnded = (store: Store, work: (transaction: Transaction) => Promise<boolean>): Promise<boolean> =>
  store.transaction(work).catch((error: unknown) => {
    if (error instanceof MissingReference) return false;
    throw error;
  });

/** When the service provider is to ask again at the latest: milliseconds since 1970. */
const sessionEnd = (
  { expires_at }: LiveSession,
  { at }: Proof,
  { session_minutes }: ApplicationRow,
): number => (session_minutes === null ? expires_at : Math.min(expires_at, at + session_minutes * minute));

/** A Response that says that there is no assertion, and the administrator why. */
export async function answerFailure(
  { id, asked, application, messageId }: Omit<Inquiry, 'registered'>,
  status: FailureStatus,
  explanation: string,
  visitor: Pick<Visitor, 'requestId' | 'session' | 'asker'>,
  { platform }: SignInNeeds,
): Promise<Delivery> {
  const { store, now, random, issuer, log } = platform;
  const { requestId, session } = visitor;
  const { signer } = await readSamlKeys(platform);
  const attempt = {
    applicationId: application.id,
    userId: session?.user_id,
    requestId,
    outcome: status,
    explanation,
  };
  const isNoted = await mayNote(nameOf(visitor), platform);
  await store.transaction(async (transaction) => {
    if (id !== undefined) await endRequest.run(transaction, { id });
    await spend(transaction, messageId);
    if (isNoted) await noteAttempt(attempt, platform, transaction);
  });
  log.warn(
    { request_id: requestId, application: application.id, status, reason: explanation },
    'a SAML request was answered without an assertion',
  );
  const facts = {
    issuer: ownEntityId(issuer),
    acsUrl: asked.acsUrl,
    inResponseTo: asked.inResponseTo,
    relayState: asked.relayState,
    status,
  };
  return issueFailure(facts, { now: now(), random, signer }).delivery;
}

/** @throws SamlRefusal `replayed`. */
export async function spend(on: Queryable, messageId: Inquiry['messageId']): Promise<void> {
  if (!messageId) return;
  const { key, until } = messageId;
  if (await spendMessageId.get(on, { key: hashSecret(key), expires_at: until })) return;
  throw new SamlRefusal('replayed', 'The message came before.');
}

/** @throws SamlRefusal `key_missing`, `certificate_expired`. */
function encryptionFor({ serviceProvider, chosen }: Registered, now: number): Encryption | undefined {
  if (chosen.encrypt === 'none') return undefined;
  const certificate = validOf(serviceProvider.encryptionCertificates, now).find(
    ({ key }) => key.asymmetricKeyType === 'rsa',
  );
  if (!certificate)
    throw new SamlRefusal(
      'key_missing',
      'Assertions are to be encrypted, but the registered metadata has no RSA key for it.',
    );
  return { key: certificate.key, algorithm: chosen.encrypt };
}
