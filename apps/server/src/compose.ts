import { usePrimitives } from '@countersign/protocol';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { applicationRoutes } from './admin/applications/routes.ts';
import { applicationTrialRoutes } from './admin/applications/trial/routes.ts';
import { enrollmentRoutes } from './admin/enrollment/routes.ts';
import { eventRoutes } from './admin/events/routes.ts';
import { fraudReportRoutes } from './admin/fraud-reports.ts';
import { exportRoutes } from './admin/files/routes.ts';
import { groupRoutes } from './admin/groups/routes.ts';
import { homeRoutes } from './admin/home/routes.ts';
import { hostAdminRoutes } from './admin/hosts/routes.ts';
import { guardAdminCalls } from './admin/access.ts';
import { policyRoutes } from './admin/policies/routes.ts';
import { reportRoutes } from './admin/reports.ts';
import { adminRoutes } from './admin/routes.ts';
import { peopleFileRoutes } from './admin/people-file/routes.ts';
import { apiTokenRoutes } from './admin/tokens/routes.ts';
import { verificationPushRoutes } from './admin/verification-push/routes.ts';
import { webhookRoutes } from './admin/webhooks/routes.ts';
import { takePushAnswer } from './authentication/verify.ts';
import { passwordResetRoutes } from './authentication/reset/routes.ts';
import { authenticationRoutes } from './authentication/routes.ts';
import { authenticatorRoutes } from './authenticators/routes.ts';
import { createSubscriptions } from './authenticators/subscriptions.ts';
import { takeActivationAnswer } from './authenticators/transfer/answer.ts';
import { diagnosticsRoutes } from './diagnostics/routes.ts';
import { createEvents, eventTypes } from './events/events.ts';
import { readLogKey } from './events/log-key.ts';
import type { WhenSealed } from './events/seal.ts';
import { startSealer } from './events/sealer.ts';
import { addGauges } from './gauges.ts';
import { hostRoutes } from './hosts/routes.ts';
import { createOutbox } from './mail/outbox.ts';
import { currentProvider } from './oidc/current.ts';
import { startLogouts } from './oidc/logouts.ts';
import { mountProvider } from './oidc/mount.ts';
import { continuationOf as oidcContinuationOf } from './oidc/continuation.ts';
import { oidcRoutes } from './oidc/routes.ts';
import { startMaintenance } from './maintenance.ts';
import { myApplicationRoutes } from './me/applications/routes.ts';
import { myAuthenticatorRoutes } from './me/authenticators/routes.ts';
import { myFactorRoutes } from './me/factors/routes.ts';
import { meRoutes } from './me/routes.ts';
import { createHashing } from './password/hashing.ts';
import type { Environment } from './platform/environment.ts';
import { createGuardedFetch } from './platform/guarded-fetch.ts';
import { createApp, type App } from './platform/http/app.ts';
import { createCookies } from './platform/http/cookies.ts';
import { sendEntityTags } from './platform/http/entity-tag.ts';
import { serveFace } from './platform/http/faces.ts';
import { operationRoutes } from './platform/http/routes.ts';
import { guardRequests } from './platform/http/guard.ts';
import { closeStreams } from './platform/http/stream.ts';
import { createVapid } from './platform/keys/keys.ts';
import { createMetrics } from './platform/metrics.ts';
import { createPrimitives } from './platform/primitives.ts';
import { second, type Platform } from './platform/platform.ts';
import { createRandom } from './platform/random.ts';
import { createSealing } from './platform/sealing.ts';
import type { Store, Transaction } from './platform/store/store.ts';
import { answeredStates, type Outcomes } from './push/answer.ts';
import { createCancellation } from './push/cancel.ts';
import { createDelivery, pushOutcomes } from './push/delivery.ts';
import { createOwnRequests } from './push/own-requests.ts';
import { pushRoutes } from './push/routes.ts';
import { createSessions } from './sessions/sessions.ts';
import { continuationOf as samlContinuationOf } from './saml/continuation.ts';
import { beginLogout, participantsOf } from './saml/logout.ts';
import { samlRoutes } from './saml/routes.ts';
import { setupRoutes } from './setup/routes.ts';
import { ssoRoutes } from './sso/routes.ts';
import { startWebhooks } from './webhooks/deliver.ts';
import { enqueue } from './webhooks/enqueue.ts';

/** The only file that knows every domain: what the server is made of, and how the parts reach each other. */
export interface Server {
  app: App;
  platform: Platform;
  /** Ends what runs in the background and every open stream; browsers and phones reconnect by themselves. */
  stop(): Promise<void>;
}

const appsFolder = join(import.meta.dirname, '../..');

export async function compose(
  environment: Environment,
  store: Store,
  log: Logger,
  { now = Date.now, random = createRandom() }: Partial<Pick<Platform, 'now' | 'random'>> = {},
): Promise<Server> {
  const { issuer } = environment;
  usePrimitives(createPrimitives());
  const platform: Platform = { store, now, random, issuer, log, sealing: createSealing(environment.secrets) };
  const metrics = createMetrics({ eventTypes, pushOutcomes, answers: answeredStates });
  addGauges(metrics, platform);
  const cookies = createCookies(issuer);

  // What every domain leans on
  const events = createEvents(platform, metrics.countEvent);
  const outbox = createOutbox(platform, environment.smtpUrl);
  const hashing = createHashing();
  const sessions = createSessions(platform, cookies);

  // Push: asking, waking the phone, and what an answer leads to
  const vapid = await createVapid(platform);
  const guardedFetch = createGuardedFetch(environment.fetchAllow);
  // Apart, so that names of webhooks that nobody answers hold up no push.
  const webhookFetch = createGuardedFetch(environment.fetchAllow, 1);
  const delivery = createDelivery(platform, vapid, guardedFetch, metrics.countPush);
  const cancellation = createCancellation(platform);
  const completion = {
    platform,
    events,
    outbox,
    cancelRequests: cancellation.ofAuthenticator,
    cancelRequest: cancellation.ofRequest,
  };
  const outcomes: Outcomes = async (transaction, request, answered) => {
    if (request.authentication_id !== null) {
      return takePushAnswer(transaction, request, answered, { platform, events, outbox, cancellation });
    }
    if (request.purpose !== 'activation') return true;
    return takeActivationAnswer(transaction, request, answered.state, completion);
  };
  const ownRequests = createOwnRequests(platform, delivery.wake);

  // What is reached over HTTP
  const app = createApp(environment, log, now);
  guardRequests(app, issuer, metrics);
  const leaveApplications = async (
    transaction: Transaction,
    sessionIds: readonly string[],
    returnTo?: string,
  ) => beginLogout(transaction, await participantsOf(transaction, sessionIds), platform, returnTo);
  const oidc = currentProvider(guardedFetch, { platform, events, delivery, leaveApplications });
  mountProvider(app, sessions, issuer, oidc);
  await app.register(async (scope) => {
    const routes = scope as unknown as App;
    guardAdminCalls(routes, { platform, sessions });
    sendEntityTags(routes);
    operationRoutes(routes, { store, metrics, metricsToken: environment.metricsToken });
    setupRoutes(routes, { platform, hashing, events });
    authenticationRoutes(routes, {
      ...completion,
      hashing,
      delivery,
      sessions,
      cookies,
      cancellation,
      leaveApplications,
    });
    passwordResetRoutes(routes, { platform, hashing, events, outbox, cookies, cancellation });
    meRoutes(routes, { ...completion, sessions, hashing, cancellation });
    myApplicationRoutes(routes, { platform, sessions, events });
    myFactorRoutes(routes, { platform, sessions, events, outbox });
    myAuthenticatorRoutes(routes, {
      ...completion,
      sessions,
      askTest: (transaction, phone, login, name) => ownRequests.test(transaction, phone, { login, name }),
    });
    adminRoutes(routes, { ...completion, hashing, sessions, cancellation });
    authenticatorRoutes(routes, {
      ...completion,
      subscriptions: createSubscriptions(platform, vapid),
      activationPush: ownRequests,
      askTest: (transaction, phone) => ownRequests.test(transaction, phone, phone),
    });
    pushRoutes(routes, { platform, events, outcomes, timeAnswer: metrics.timeAnswer });
    diagnosticsRoutes(routes, platform);
    peopleFileRoutes(routes, { ...completion, hashing, sessions, cancellation });
    verificationPushRoutes(routes, { platform, sessions, events, delivery, cancellation });
    reportRoutes(routes, platform);
    homeRoutes(routes, { platform, outbox });
    fraudReportRoutes(routes, { platform, events });
    eventRoutes(routes, { platform, sessions, events });
    exportRoutes(routes, { platform, sessions, events });
    webhookRoutes(routes, { platform, events, guardedFetch: webhookFetch });
    policyRoutes(routes, { platform, events });
    groupRoutes(routes, { platform, events });
    enrollmentRoutes(routes, { platform, events, outbox, sessions });
    apiTokenRoutes(routes, { platform, events });
    hostAdminRoutes(routes, { platform, events, cancellation });
    hostRoutes(routes, { platform, events, outbox, delivery, cancellation });
    applicationRoutes(routes, { platform, events, guardedFetch });
    applicationTrialRoutes(routes, { platform, guardedFetch });
    const continuations = { oidc: oidcContinuationOf(oidc, platform), saml: samlContinuationOf(platform) };
    ssoRoutes(routes, { platform, sessions, cookies, events, continuations });
    oidcRoutes(routes, { platform, cookies, provider: oidc });
    samlRoutes(routes, { platform, sessions, cookies, events });
  });
  serveFaces(app, random);

  const logKey = await readLogKey(platform);
  const whenSealed: WhenSealed = (transaction, seal, rows) => enqueue(transaction, seal, rows, platform);
  const stopMaintenance = startMaintenance(completion, logKey, whenSealed);
  const stopSealer = startSealer(platform, logKey, whenSealed);
  const stopOutbox = outbox.start();
  const stopLogouts = startLogouts(oidc, platform);
  const stopWebhooks = startWebhooks({ platform, events, outbox, guardedFetch: webhookFetch });
  return {
    app,
    platform,
    async stop() {
      closeStreams();
      await closeConnections(app);
      await Promise.all([stopMaintenance(), stopOutbox(), stopLogouts(), stopWebhooks()]);
      // Last: what the others wrote is sealed too.
      await stopSealer();
    },
  };
}

/** Lets what is being answered finish, and does not wait for connections that only stay open for the next call. */
async function closeConnections(app: App): Promise<void> {
  const idle = setInterval(() => app.server.closeIdleConnections(), 50);
  const patience = setTimeout(() => app.server.closeAllConnections(), 10 * second);
  await app.close();
  clearInterval(idle);
  clearTimeout(patience);
}

function serveFaces(app: App, random: Platform['random']): void {
  serveFace(
    app,
    { folder: join(appsFolder, 'authenticator/dist'), base: '/authenticator/', pages: [], wasm: true },
    random,
  );
  serveFace(
    app,
    {
      folder: join(appsFolder, 'admin/dist'),
      base: '/admin/',
      pages: [
        '/admin/people',
        '/admin/people/:id',
        '/admin/groups',
        '/admin/groups/:id',
        '/admin/applications',
        '/admin/applications/:id',
        '/admin/devices',
        '/admin/devices/:id',
        '/admin/devices/groups/:id',
        '/admin/policies',
        '/admin/settings',
        '/admin/settings/tokens',
        '/admin/settings/api',
        '/admin/outbox',
        '/admin/events',
        '/admin/events/authentication/:id',
        '/admin/webhooks',
        '/admin/webhooks/:id',
        '/admin/reports',
        '/admin/fraud-reports',
        '/admin/sign-in',
      ],
      wasm: false,
    },
    random,
  );
  serveFace(
    app,
    {
      folder: join(appsFolder, 'portal/dist'),
      base: '/',
      pages: ['/security', '/profile', '/sso', '/device', '/activate', '/setup', '/invite', '/reset'],
      wasm: false,
    },
    random,
  );
}
