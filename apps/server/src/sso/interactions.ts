import type { SsoInteraction } from '@countersign/protocol/wire';
import { logoUri, resourceOfApplication } from '../applications/applications.ts';
import { findApplication, noteUse, type ApplicationRow } from '../applications/store.ts';
import type { Events } from '../events/events.ts';
import { sourceOf, type Asker } from '../platform/http/asker.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { minute, type Platform } from '../platform/platform.ts';
import { countCall } from '../platform/rate-limits/window.ts';
import type { Queryable } from '../platform/store/store.ts';
import type { LiveSession } from '../sessions/sessions.ts';
import { demandMayOpen, mayOpen } from './access.ts';
import type { PolicyEffect } from '@countersign/protocol/wire';
import { demandsFactor } from '../policy/rules.ts';
import { type Proof, type Wanted } from './assurance.ts';
import { proofFor } from './proofs.ts';
import { endInteraction, insertInteraction, takeUpInteraction, type InteractionRow } from './store.ts';

/**
 * An application asks, the person signs in or steps up in the User Portal, and goes back. Whatever the application speaks,
 * what lies between is this; only how it is answered is the protocol's ({@link Continuation}).
 */

/** How a protocol goes on. Each resolves to where the browser goes. */
export interface Continuation {
  /** The person has proven enough. */
  resume(interactionId: string, session: LiveSession, proof: Proof): Promise<string>;
  /** The person would not. */
  refuse(interactionId: string): Promise<string>;
}

export interface InteractionNeeds {
  platform: Platform;
  events: Events;
  /** By the kind of the application. */
  continuations: Partial<Record<ApplicationRow['kind'], Continuation>>;
}

const lifetime = 15 * minute;
/** Sign-ins that may be begun from one address. */
const begunBySource = { most: 600, length: minute };

/** A stranger must not fill the disk. @throws Refusal 429 `too_many_requests`. */
export const demandFewBegun = (ip: string, { store, now }: Platform): Promise<void> =>
  countCall(store, `sso:${sourceOf(ip)}`, begunBySource, now());

/** Where the page of an interaction is. */
export const pageOf = (id: string): string => `/sso?interaction=${id}`;

/** Keeps what was asked, once; the id is the protocol's own, or a random one. */
export async function parkInteraction(
  on: Queryable,
  { id, applicationId, wanted }: { id: string; applicationId: string; wanted: Wanted },
  now: number,
): Promise<void> {
  await insertInteraction.run(on, {
    id,
    application_id: applicationId,
    acr: wanted.acr,
    fresh_since: wanted.freshSince,
    now,
    expires_at: now + lifetime,
  });
}

/** For this browser. @throws Refusal 404 for any other, and when it is over. */
export async function takeUp(
  id: string,
  browserHash: string,
  { store, now }: Platform,
): Promise<{ interaction: InteractionRow; application: ApplicationRow }> {
  const interaction = await takeUpInteraction.get(store, { id, browser_hash: browserHash, now: now() });
  const application = interaction && (await findApplication.get(store, { id: interaction.application_id }));
  if (!interaction || !application) throw new Refusal('not_found');
  return { interaction, application };
}

export async function interactionView(
  { interaction, application }: { interaction: InteractionRow; application: ApplicationRow },
  session: LiveSession | undefined,
  ip: string,
  { store, now, issuer }: Platform,
): Promise<SsoInteraction> {
  const { id, name } = application;
  const state = !session ? 'sign_in' : await stateFor(session);
  return { id: interaction.id, application: { id, name, logo_uri: logoUri(application, issuer) }, state };

  async function stateFor(present: LiveSession): Promise<SsoInteraction['state']> {
    const effect = await mayOpen(store, present, ip, application, now());
    if (!effect) return 'forbidden';
    if (await proofOf(store, { interaction, application, session: present, effect }, now())) return 'ready';
    // Who never had a factor has the password only, and that is asked by signing in.
    const isPasswordEnough =
      present.had_factor === 0 && interaction.acr === 'urn:countersign:aal1' && !demandsFactor(effect);
    return isPasswordEnough ? 'sign_in' : 'step_up';
  }
}

const proofOf = (
  on: Queryable,
  {
    interaction: { acr, fresh_since: freshSince },
    application,
    session,
    effect,
  }: {
    interaction: InteractionRow;
    application: ApplicationRow;
    session: LiveSession;
    effect: PolicyEffect;
  },
  now: number,
) => proofFor(on, session, application, { wanted: { acr, freshSince }, effect }, now);

/** @throws Refusal 404, 403 `application_not_allowed`, `policy_denied` or `step_up_required`. Resolves to where the browser goes. */
export async function continueInteraction(
  id: string,
  browserHash: string,
  session: LiveSession,
  asker: Asker,
  { platform, events, continuations }: InteractionNeeds,
): Promise<string> {
  const { store, now } = platform;
  const { interaction, application } = await takeUp(id, browserHash, platform);
  const effect = await demandMayOpen(session, asker, application, { platform, events });
  const proof = await proofOf(store, { interaction, application, session, effect }, now());
  if (!proof) throw new Refusal('step_up_required', { resource: resourceOfApplication(application.id) });
  const url = await continuations[application.kind]!.resume(id, session, proof);
  const user = { id: session.user_id, login: session.login };
  await store.transaction(async (transaction) => {
    // Of two tabs that go on with one, one does.
    if (!(await endInteraction.get(transaction, { id, browser_hash: browserHash })))
      throw new Refusal('not_found');
    // Each answer is recorded there, also the many that take no interaction.
    if (application.kind === 'saml') return;
    await noteUse.run(transaction, { user_id: user.id, application_id: application.id, now: now() });
    const details = { application: application.id, name: application.name, acr: proof.acr };
    await events.record(transaction, { type: 'application.opened', actor: user, user, asker, details });
  });
  return url;
}

/** @throws Refusal 404. Resolves to where the browser goes. */
export async function cancelInteraction(
  id: string,
  browserHash: string,
  { platform, continuations }: InteractionNeeds,
): Promise<string> {
  const { application } = await takeUp(id, browserHash, platform);
  const url = await continuations[application.kind]!.refuse(id);
  await endInteraction.get(platform.store, { id, browser_hash: browserHash });
  return url;
}
