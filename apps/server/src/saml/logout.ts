import { minute, type Platform } from '../platform/platform.ts';
import { randomSecret } from '../platform/random-text.ts';
import type { Queryable, Transaction } from '../platform/store/store.ts';
import type { Delivery } from './issue/issuing.ts';
import { issueLogoutRequest, issueLogoutResponse } from './issue/logout.ts';
import type { Signer } from './issue/sign.ts';
import type { NameId } from './name-id.ts';
import type { SingleLogoutService } from './metadata/service-provider.ts';
import { bindings } from './names.ts';
import { SamlRefusal } from './refusal.ts';
import { registeredOf } from './service-providers.ts';
import { ownEntityId, type Outcome } from './sign-in.ts';
import {
  findServiceProvider,
  insertLogout,
  listSamlSessions,
  takeLogout,
  type SamlSessionRow,
  type ServiceProviderRow,
} from './store.ts';

/**
 * Single logout over the browser (Profiles, section 4.4): the session here ends first; then one service provider after
 * the other is told, each by a request that the browser carries and whose response comes back.
 */

interface Participant {
  applicationId: string;
  sessionIndex: string;
  nameId: NameId;
}

/** Who is told at the end; nobody where the person signed out in the User Portal, or an application of another protocol. */
export interface Initiator {
  applicationId: string;
  requestId: string;
  relayState: string | undefined;
}

interface Logout {
  left: Participant[];
  /** Whose response is waited for. */
  waitingFor?: string;
  /** Some could not be told, or would not: PartialLogout. */
  missed: boolean;
  initiator?: Initiator;
  /** Where the browser ends; the User Portal where nothing is said. */
  returnTo?: string | undefined;
}

/** What the messages are made with; read before a transaction, which must not wait for it. */
export interface Telling {
  platform: Platform;
  signer: Signer;
}

/** The whole round; a service provider that never sends the browser back ends it. */
const lifetime = 10 * minute;

/** Before the sessions end: who was told of them. `except`: the application that ended them itself. */
export async function participantsOf(
  on: Queryable,
  sessionIds: readonly string[],
  except?: string,
): Promise<Participant[]> {
  const rows: SamlSessionRow[] = [];
  for (const session_id of sessionIds) rows.push(...(await listSamlSessions.all(on, { session_id })));
  return rows
    .filter(({ application_id }) => application_id !== except)
    .map(({ id, application_id, name_id }) => ({
      applicationId: application_id,
      sessionIndex: id,
      nameId: JSON.parse(name_id) as NameId,
    }));
}

/** The browser goes there to have them told, and then to `returnTo`; undefined where there is nobody to tell. */
export async function beginLogout(
  on: Queryable,
  left: Participant[],
  { random, now }: Pick<Platform, 'random' | 'now'>,
  returnTo?: string,
): Promise<string | undefined> {
  if (left.length === 0) return undefined;
  const id = randomSecret(random);
  const state: Logout = { left, missed: false, returnTo };
  await insertLogout.run(on, { id, state: JSON.stringify(state), expires_at: now() + lifetime });
  return `/saml/logout?id=${id}`;
}

/**
 * Takes up one that waits under `id`. `answer`: of whom, and whether it did as it was asked. Undefined: there is none. All
 * of a step is one transaction, so that a step that failed can be gone again.
 */
export async function goOnWith(
  on: Transaction,
  id: string,
  answer: { applicationId: string; success: boolean } | undefined,
  telling: Telling,
): Promise<Outcome | undefined> {
  const row = await takeLogout.get(on, { id, now: telling.platform.now() });
  if (!row) return undefined;
  const { waitingFor, ...logout } = JSON.parse(row.state) as Logout;
  if (waitingFor !== answer?.applicationId) return undefined;
  return tellNext(on, { ...logout, missed: logout.missed || answer?.success === false }, telling);
}

/** To the next one that can be told; at the end, to whoever began it. */
export async function tellNext(on: Transaction, logout: Logout, telling: Telling): Promise<Outcome> {
  const { platform, signer } = telling;
  const { now, random, issuer } = platform;
  const issuing = { now: now(), random, signer };
  let { missed } = logout;
  for (let left = logout.left; left.length > 0; left = left.slice(1)) {
    const [{ applicationId, sessionIndex, nameId }, ...others] = left as [Participant, ...Participant[]];
    const service = await logoutServiceOf(applicationId, on);
    if (!service) {
      missed = true;
      continue;
    }
    const facts = {
      issuer: ownEntityId(issuer),
      ...service.forRequests,
      nameId,
      sessionIndexes: [sessionIndex],
    };
    const { id, delivery } = issueLogoutRequest(facts, issuing);
    const state: Logout = { ...logout, left: others, waitingFor: applicationId, missed };
    await insertLogout.run(on, { id, state: JSON.stringify(state), expires_at: now() + lifetime });
    return delivery;
  }
  return (
    (logout.initiator && (await answerInitiator(on, logout.initiator, missed, telling))) ?? {
      binding: 'page',
      url: logout.returnTo ?? '/',
    }
  );
}

async function answerInitiator(
  on: Transaction,
  { applicationId, requestId, relayState }: Initiator,
  missed: boolean,
  { platform, signer }: Telling,
): Promise<Delivery | undefined> {
  const { now, random, issuer } = platform;
  const service = await logoutServiceOf(applicationId, on);
  // It has no address for the answer: the person stays here.
  if (!service) return undefined;
  const status = missed ? 'PartialLogout' : 'Success';
  const facts = {
    issuer: ownEntityId(issuer),
    ...service.forResponses,
    inResponseTo: requestId,
    status,
    relayState,
  } as const;
  return issueLogoutResponse(facts, { now: now(), random, signer }).delivery;
}

/** Its registered address, by redirect rather than by a form; undefined where it has none, or cannot be read any more. */
async function logoutServiceOf(applicationId: string, on: Queryable) {
  const row = await findServiceProvider.get(on, { application_id: applicationId });
  if (!row) return undefined;
  const services = servicesOf(row);
  const found =
    services.find(({ binding }) => binding === bindings.redirect) ??
    services.find(({ binding }) => binding === bindings.post);
  if (!found) return undefined;
  const binding: 'redirect' | 'post' = found.binding === bindings.redirect ? 'redirect' : 'post';
  return {
    forRequests: { destination: found.location, binding },
    forResponses: { destination: found.responseLocation, binding },
  };
}

/** One that is out of order keeps nobody from being signed out of the others. */
function servicesOf(row: ServiceProviderRow): SingleLogoutService[] {
  try {
    return registeredOf(row).serviceProvider.singleLogoutServices;
  } catch (error) {
    if (error instanceof SamlRefusal) return [];
    throw error;
  }
}
