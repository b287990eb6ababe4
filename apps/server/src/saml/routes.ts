import { Problem } from '@countersign/protocol/wire';
import { Type } from 'typebox';
import type { ApplicationRow } from '../applications/store.ts';
import { mayOpen } from '../sso/access.ts';
import { mayNote, noteAttempt } from '../sso/attempts.ts';
import { demandFewBegun } from '../sso/interactions.ts';
import type { App, Reply, Request } from '../platform/http/app.ts';
import { askerOf } from '../platform/http/asker.ts';
import { browserOf } from '../platform/http/browser-cookie.ts';
import type { Cookies } from '../platform/http/cookies.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { hashSecret } from '../platform/random-text.ts';
import { isStoreUnavailable } from '../platform/store/errors.ts';
import type { Transaction } from '../platform/store/store.ts';
import { endSession, sessionsBeside, type Sessions } from '../sessions/sessions.ts';
import { findUserOfSession } from '../sessions/store.ts';
import { askedBy, isNamedAs, type Asked } from './asked.ts';
import type { Resolution } from './continuation.ts';
import { readSamlKeys } from './keys.ts';
import { goOnWith, participantsOf, tellNext } from './logout.ts';
import { identityProviderMetadata } from './metadata/identity-provider.ts';
import type { NameId } from './name-id.ts';
import { nameIdFormats } from './names.ts';
import { send, showTrouble, type Trouble } from './pages.ts';
import { chooseAcs } from './receive/acs.ts';
import { admitAuthnRequest } from './receive/authn-request.ts';
import { admitLogoutRequest, admitLogoutResponse } from './receive/logout.ts';
import { openPost, openRedirect, type OpenedMessage } from './receive/open.ts';
import { quoted, SamlRefusal } from './refusal.ts';
import { chosenOf, registeredOf } from './service-providers.ts';
import {
  answerFailure,
  answerOrAsk,
  answerUrl,
  answerWith,
  keepRequest,
  nameOf,
  ownEntityId,
  spend,
  type Inquiry,
  type Outcome,
  type SignInNeeds,
  type Visitor,
} from './sign-in.ts';
import {
  findSamlSessionsNamed,
  findServiceProvider,
  findServiceProviderByEntityId,
  takeUpRequest,
  type ServiceProviderRow,
} from './store.ts';

/** Where browsers come with what service providers say, and take the answers along (Bindings, sections 3.4 and 3.5). */

type Needs = SignInNeeds & { sessions: Sessions; cookies: Cookies };

const tags = ['Single sign-on'];
const byId = Type.Object({ id: Type.String() });
/** A message of the most bytes, in base64 and percent-encoded. */
const mostForm = 320 * 1024;
type Form = Record<string, string | string[]>;

export function samlRoutes(parent: App, needs: Needs): void {
  const { platform, sessions } = needs;
  const { store, now, issuer } = platform;

  void parent.register(async (scope) => {
    const app = scope as unknown as App;
    // Only here: elsewhere a form, which another site can send, is refused.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: mostForm },
      (_request, body, done) => {
        const form = Object.create(null) as Form;
        for (const [name, value] of new URLSearchParams(body as string)) {
          const before = form[name];
          if (Array.isArray(before)) before.push(value);
          else form[name] = before === undefined ? value : [before, value];
        }
        done(null, form);
      },
    );

    const html = {
      produces: ['text/html'],
      security: [],
      response: { 200: Type.String(), '3xx': Type.Null(), '4xx': Type.String() },
    };
    // A HEAD, which looks only, would spend what a GET is answered with.
    const of = (summary: string, more: object = {}) => ({
      exposeHeadRoute: false,
      schema: { tags, summary, ...html, ...more },
    });

    for (const { path, params } of [
      { path: '/saml/metadata' },
      { path: '/saml/apps/:id/metadata', params: byId },
    ]) {
      app.get(
        path,
        {
          schema: {
            tags,
            summary: params
              ? 'What one service provider has to know of us'
              : 'What every service provider has to know of us',
            security: [],
            ...(params && { params }),
            produces: ['application/samlmetadata+xml'],
            response: { 200: Type.String(), '4xx': Problem },
          },
        },
        async (request, reply) => {
          const { id } = request.params as { id?: string };
          const row =
            id === undefined ? undefined : await findServiceProvider.get(store, { application_id: id });
          if (id !== undefined && !row) throw new Refusal('not_found');
          const { certificates } = await readSamlKeys(platform);
          const metadata = identityProviderMetadata({
            entityId: ownEntityId(issuer),
            ssoUrl: `${issuer}/saml/sso`,
            sloUrl: `${issuer}/saml/slo`,
            signingCertificates: certificates,
            nameIdFormats: [
              nameIdFormats.persistent,
              nameIdFormats.transient,
              nameIdFormats.emailAddress,
              nameIdFormats.unspecified,
            ],
            wantAuthnRequestsSigned: row ? chosenOf(row).require_signed_requests : false,
          });
          return reply.type('application/samlmetadata+xml').send(metadata);
        },
      );
    }

    app.get(
      '/saml/sso',
      of('An AuthnRequest by redirect'),
      page((visitor, request) => signIn(openRedirect(queryOf(request)), visitor)),
    );
    app.post(
      '/saml/sso',
      of('An AuthnRequest by a form'),
      page((visitor, request) => signIn(openPost(request.body as Form), visitor)),
    );
    app.get('/saml/answer', of('Takes the answer along', { querystring: byId }), page(answer));
    app.get(
      '/saml/apps/:id/start',
      of('Signs in to an application that did not ask', { params: byId }),
      page(start),
    );
    app.get(
      '/saml/slo',
      of('A message of a logout by redirect'),
      page((visitor, request) => logOut(openRedirect(queryOf(request)), visitor)),
    );
    app.post(
      '/saml/slo',
      of('A message of a logout by a form'),
      page((visitor, request) => logOut(openPost(request.body as Form), visitor)),
    );
    app.get(
      '/saml/logout',
      of('Tells the next application that the person signed out', { querystring: byId }),
      page(async (_visitor, request) => {
        const { id } = request.query as { id: string };
        const telling = await tellingNow();
        const next = await store.transaction((transaction) => goOnWith(transaction, id, undefined, telling));
        return next ?? signedOut;
      }),
    );
  });

  /** What happens to a person is always a page; why, the administrator reads under the same id. */
  function page(act: (visitor: Visitor, request: Request) => Promise<Outcome>) {
    return (request: Request, reply: Reply) => answering(request, reply, act) as Promise<never>;
  }

  async function answering(
    request: Request,
    reply: Reply,
    act: (visitor: Visitor, request: Request) => Promise<Outcome>,
  ): Promise<Reply> {
    const { id } = request;
    try {
      return await answeringRefusals(request, reply, act);
    } catch (error) {
      if (error instanceof Refusal) {
        if (error.members.retry_after !== undefined)
          void reply.header('retry-after', String(error.members.retry_after));
        platform.log.warn({ request_id: id, code: error.code }, 'a SAML sign-in could not go on');
        return showTrouble(reply, error.status, { sentence: sentences[error.code] ?? over }, id);
      }
      if (!isStoreUnavailable(error)) throw error;
      platform.log.error({ request_id: id, reason: (error as Error).message }, 'the store is unavailable');
      void reply.header('retry-after', '5');
      return showTrouble(reply, 503, { sentence: 'The server cannot answer just now. Wait a moment.' }, id);
    }
  }

  async function answeringRefusals(
    request: Request,
    reply: Reply,
    act: (visitor: Visitor, request: Request) => Promise<Outcome>,
  ): Promise<Reply> {
    const visitor = await visitorOf(request, reply);
    // Whoever is not signed in must not keep the machine, or the disk, busy.
    if (!visitor.session) await demandFewBegun(request.ip, platform);
    try {
      return send(reply, await act(visitor, request));
    } catch (error) {
      if (!(error instanceof SamlRefusal)) throw error;
      const { reason, message: explanation } = error;
      platform.log.warn({ request_id: request.id, reason, explanation }, 'a SAML message was refused');
      const applicationId = refusedBy.get(error) ?? null;
      const attempt = { applicationId, userId: visitor.session?.user_id, requestId: request.id };
      if (await mayNote(nameOf(visitor), platform))
        await noteAttempt({ ...attempt, outcome: reason, explanation }, platform);
      return showTrouble(reply, 400, troubleOf(error, applicationId !== null), request.id);
    }
  }

  async function visitorOf(request: Request, reply: Reply): Promise<Visitor> {
    const found = await sessions.find(request, reply, ['portal', 'admin'], { renew: false });
    const isWhole = found && found.enrollment_required === 0 && found.password_change_required === 0;
    return {
      session: isWhole ? found : undefined,
      browserHash: () =>
        request.method === 'GET' ? hashSecret(browserOf(request, reply, needs)) : undefined,
      asker: askerOf(request),
      requestId: request.id,
    };
  }

  async function signIn(opened: OpenedMessage, visitor: Visitor): Promise<Outcome> {
    const { application, registered } = await registeredFor(opened);
    return naming(application, async () => {
      let messageId: Inquiry['messageId'];
      const circumstances = {
        now: now(),
        destination: `${issuer}/saml/sso`,
        // Spent in the transaction that acts on it.
        takeOnce: async (key: string, until: number) => ((messageId = { key, until }), true),
      };
      const request = await admitAuthnRequest(opened, registered.serviceProvider, circumstances);
      const inquiry = { id: undefined, asked: askedBy(request, now()), messageId, application, registered };
      // SameSite: a form of another site brings no cookie; a redirect to ourselves does.
      if (opened.binding === 'post' && !visitor.session)
        return { binding: 'page', url: answerUrl(await keepRequest(inquiry, visitor, platform), issuer) };
      return answerOrAsk(inquiry, visitor, needs);
    });
  }

  async function answer(visitor: Visitor, request: Request): Promise<Outcome> {
    const { id } = request.query as { id: string };
    const row = await takeUpRequest.get(store, { id, browser_hash: visitor.browserHash()!, now: now() });
    if (!row) throw new Refusal('not_found');
    const found = await registrationOf(row.application_id);
    const inquiry: Inquiry = { id, asked: JSON.parse(row.request) as Asked, ...found };
    return naming(found.application, async () => {
      const resolution = row.resolution === null ? undefined : (JSON.parse(row.resolution) as Resolution);
      const { session, asker } = visitor;
      const mayTheyOpen =
        session && (await mayOpen(store, session, asker.ip, found.application, now())) !== undefined;
      if (resolution === 'given up') {
        return mayTheyOpen === false
          ? answerFailure(
              inquiry,
              'RequestDenied',
              'The person may not use this application: see who may.',
              visitor,
              needs,
            )
          : answerFailure(
              inquiry,
              'AuthnFailed',
              'The person did not go on in the User Portal.',
              visitor,
              needs,
            );
      }
      const isTheirs = mayTheyOpen && resolution?.sessionId === session.id;
      const answered = isTheirs && (await answerWith(resolution.proof, session, inquiry, visitor, needs));
      return answered || answerOrAsk(inquiry, visitor, needs);
    });
  }

  /** Unsolicited (Profiles, section 4.1.5), or by the application's own address where it takes none. */
  async function start(visitor: Visitor, request: Request): Promise<Outcome> {
    const { application, registered } = await registrationOf((request.params as { id: string }).id);
    const { idp_initiated, relay_state } = registered.chosen;
    if (!idp_initiated) return { binding: 'page', url: application.url };
    return naming(application, () => {
      const asked: Asked = {
        acsUrl: chooseAcs(registered.serviceProvider, {}),
        relayState: relay_state ?? undefined,
        isPassive: false,
        freshSince: 0,
      };
      return answerOrAsk({ id: undefined, asked, application, registered }, visitor, needs);
    });
  }

  async function logOut(opened: OpenedMessage, { asker }: Visitor): Promise<Outcome> {
    const { application, registered } = await registeredFor(opened);
    const telling = await tellingNow();
    return naming(application, async () => {
      let messageId: Inquiry['messageId'];
      const circumstances = {
        now: now(),
        destination: `${issuer}/saml/slo`,
        // Spent in the transaction that acts on it: where that fails, the same message is good again.
        takeOnce: async (key: string, until: number) => ((messageId = { key, until }), true),
      };
      if (opened.kind === 'LogoutResponse') {
        const { inResponseTo, success } = await admitLogoutResponse(
          opened,
          registered.serviceProvider,
          circumstances,
        );
        const answered = { applicationId: application.id, success };
        const next = await store.transaction(async (transaction) => {
          await spend(transaction, messageId);
          return goOnWith(transaction, inResponseTo, answered, telling);
        });
        // Signed out they are; whom else to tell is not known any more.
        return next ?? signedOut;
      }
      const request = await admitLogoutRequest(opened, registered.serviceProvider, circumstances);
      const initiator = {
        applicationId: application.id,
        requestId: request.id,
        relayState: request.relayState,
      };
      return store.transaction(async (transaction) => {
        await spend(transaction, messageId);
        const ended = await sessionsNamed(transaction, application.id, request);
        const left = await participantsOf(transaction, ended, application.id);
        for (const id of ended) {
          const user = await findUserOfSession.get(transaction, { id });
          await endSession(transaction, id);
          const details = { application: application.id, name: application.name };
          await needs.events.record(transaction, {
            type: 'session.ended',
            actor: user,
            user,
            asker,
            details,
          });
        }
        return tellNext(transaction, { left, missed: false, initiator }, telling);
      });
    });
  }

  const tellingNow = async () => ({ platform, signer: (await readSamlKeys(platform)).signer });

  /**
   * The sessions that a LogoutRequest names: by the name that we gave the person there, and the SessionIndex where it has
   * one. With the other one of the same browser, which would let them in again unasked.
   */
  async function sessionsNamed(
    on: Transaction,
    application_id: string,
    { nameId, sessionIndexes }: { nameId: NameId; sessionIndexes: string[] },
  ): Promise<string[]> {
    const rows = await findSamlSessionsNamed.all(on, { application_id, name_value: nameId.value });
    const named = rows.filter(
      ({ id, name_id }) =>
        isNamedAs(nameId, JSON.parse(name_id) as NameId) &&
        (sessionIndexes.length === 0 || sessionIndexes.includes(id)),
    );
    const found = new Set<string>();
    for (const { session_id } of named) for (const id of await sessionsBeside(on, session_id)) found.add(id);
    return [...found];
  }

  /** Whose registered metadata a message is verified with. @throws SamlRefusal `issuer`. */
  async function registeredFor({ claimedIssuer }: OpenedMessage) {
    const row = await findServiceProviderByEntityId.get(store, { entity_id: claimedIssuer });
    if (row) return registrationIn(row);
    throw new SamlRefusal(
      'issuer',
      `Nothing is registered for ${quoted(claimedIssuer)}. Add it in the Admin Portal, or correct the entity id there.`,
    );
  }

  /** @throws Refusal 404 */
  async function registrationOf(application_id: string) {
    const row = await findServiceProvider.get(store, { application_id });
    if (!row) throw new Refusal('not_found');
    return registrationIn(row);
  }
}

const registrationIn = (row: ServiceProviderRow & ApplicationRow) =>
  naming(row, async () => ({ application: row as ApplicationRow, registered: registeredOf(row) }));

/** Which application a refusal is about, where that is known. */
const refusedBy = new WeakMap<SamlRefusal, string>();

async function naming<Result>({ id }: ApplicationRow, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof SamlRefusal) refusedBy.set(error, id);
    throw error;
  }
}

const signedOut: Outcome = { binding: 'page', url: '/' };

const queryOf = ({ raw }: Request): string => raw.url!.split('?').slice(1).join('?');

const over = 'This was begun too long ago, in another browser, or is answered already.';
const sentences: Partial<Record<string, string>> = {
  too_many_requests: 'Too many sign-ins were begun from here. Wait a minute.',
};

/** For the person; the administrator reads the refusal's own. */
function troubleOf({ reason }: SamlRefusal, isKnown: boolean): Trouble {
  if (!isKnown) return { sentence: 'The application is not known here, or what it sent cannot be read.' };
  if (reason === 'replayed') return { sentence: 'What the application sent came before.' };
  if (reason === 'issue_instant' || reason === 'expired')
    return { sentence: 'What the application sent is too old, or its clock is wrong.' };
  return {
    sentence:
      'What the application sent does not fit what is registered of it here, such as its address or its certificate.',
    lasts: true,
  };
}
