import cookie from '@fastify/cookie';
import swagger from '@fastify/swagger';
import { isJsonObject, parseStrictJsonBytes } from '@countersign/protocol';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RawServerDefault,
} from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { Logger } from 'pino';
import type { Environment } from '../environment.ts';
import { isStoreUnavailable } from '../store/errors.ts';
import { fullNameOf } from './cookies.ts';
import { allowAnyOrigin } from './cors.ts';
import { problemOf, Refusal, type Refusal as RefusalType } from './refusal.ts';
import { createRequestIds } from './request-id.ts';
import { methodsOf, rememberRoutes } from './route-table.ts';
import { setSecurityHeaders } from './security-headers.ts';

/** The HTTP kit: how every route of the server reads, refuses and answers. No word of the domain. */

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** Bodies over this many bytes are refused with 413. */
const bodyLimit = 64 * 1024;

/** What the domains know of a call, where they read or set its cookies or check its proof. */
export type { FastifyReply as Reply, FastifyRequest as Request };

declare module 'fastify' {
  interface FastifyRequest {
    /** The exact bytes of the body, for proofs that cover it. Empty where there is none. */
    rawBody: Uint8Array<ArrayBuffer>;
  }
}

export function createApp(environment: Environment, log: Logger, now: () => number): App {
  const app = Fastify({
    loggerInstance: log,
    // One line for each failure is written by the error handler; a line for each request would bury it.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: environment.trustedProxies.length > 0 ? environment.trustedProxies : false,
    bodyLimit,
    genReqId: createRequestIds(),
    // Ids are checked below, with an answer of ours; the router's own limit would answer in its own form.
    routerOptions: { maxParamLength: 16_384 },
    // An address that cannot be decoded: no hook has run for it.
    frameworkErrors: (_error, request, reply) => {
      setSecurityHeaders(reply, environment.issuer.startsWith('https:'));
      allowAnyOrigin(reply, request.url);
      void sendProblem(reply, new Refusal('not_found'), now());
    },
    forceCloseConnections: 'idle',
    ...(environment.tls ? { https: environment.tls } : {}),
  }).withTypeProvider<TypeBoxTypeProvider>() as unknown as App;

  void app.register(cookie);
  void app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Countersign',
        version: '1',
        description:
          'Multi-factor authentication and single sign-on. See docs/protocol.md for the authenticator’s part.',
      },
      servers: [{ url: environment.issuer }],
      components: { securitySchemes: securitySchemesOf(environment.issuer) },
    },
  });
  rememberRoutes(app);
  readBodiesStrictly(app);
  checkAgainstSchemas(app);
  answerWithProblems(app, log, now);
  return app;
}

/** What the calls that name one of them take (OpenAPI 3.1, section 4.8.27). */
const securitySchemesOf = (issuer: string) => ({
  admin_session: {
    type: 'apiKey' as const,
    in: 'cookie',
    name: fullNameOf('admin', issuer),
    description:
      'The session of a sign-in to the Admin Portal. What changes something needs an Origin beside it.',
  },
  api_token: {
    type: 'http' as const,
    scheme: 'bearer',
    description: 'An API token with the scope that the call names.',
  },
});

function readBodiesStrictly(app: App): void {
  const none = new Uint8Array();
  app.decorateRequest('rawBody', null as unknown as Uint8Array<ArrayBuffer>);
  app.addHook('onRequest', async (request) => {
    request.rawBody = none;
  });
  // After the hooks that set the headers of every answer.
  app.addHook('preParsing', async (request) => {
    // PostgreSQL cannot hold U+0000, and nobody needs it in an address.
    if (request.url.includes('%00')) throw new Refusal('malformed', { detail: 'The address holds a NUL.' });
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'buffer' },
    (request, body, done) => {
      request.rawBody = Uint8Array.from(body as Buffer);
      // A call without members may send nothing at all.
      if (body.length === 0) return done(null, {});
      const value = parseStrictJsonBytes(request.rawBody);
      if (!isJsonObject(value)) {
        return done(
          new Refusal('malformed', {
            detail:
              'The body is not a JSON object, nests too deeply, repeats a name, or holds a NUL or a lone surrogate.',
          }),
        );
      }
      done(null, value);
    },
  );
  app.addHook('preValidation', async (request) => {
    request.body ??= {};
    for (const [name, value] of Object.entries((request.params ?? {}) as Record<string, string>)) {
      // `*` is what the handler of unknown addresses gets.
      if (name !== '*' && !/^[\w.-]{1,64}$/.test(value)) throw new Refusal('not_found');
    }
  });
}

function checkAgainstSchemas(app: App): void {
  const options = { allErrors: true, strict: false, formats: { 'date-time': true as const } };
  const bodies = new Ajv(options);
  // Only what comes as text in the address is converted.
  const addresses = new Ajv({ ...options, coerceTypes: 'array' });
  app.setValidatorCompiler(({ schema, httpPart }) => {
    // When first asked: compiling all of them is a tenth of the start.
    let validate: ValidateFunction | undefined;
    return (value) => {
      validate ??= (httpPart === 'body' ? bodies : addresses).compile(schema as object);
      return validate(value) ? { value } : { error: malformed(validate.errors ?? []) };
    };
  });
  // The response schemas describe; cutting answers down to them silently would hide mistakes. The flow tests compare.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
}

function malformed(found: ErrorObject[]): RefusalType {
  const errors = found.slice(0, 20).map(({ instancePath, message, params }) => ({
    path: instancePath || `/${(params as { missingProperty?: string }).missingProperty ?? ''}`,
    message: message ?? 'is not of its form',
  }));
  return new Refusal('malformed', { errors });
}

/** RFC 9457, with Retry-After where there is a time to come back. */
function sendProblem(
  reply: FastifyReply,
  refusal: RefusalType,
  now: number,
  more: object = {},
): FastifyReply {
  if (refusal.members.retry_after !== undefined) {
    void reply.header('retry-after', String(refusal.members.retry_after));
  }
  return reply
    .status(refusal.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify({ ...problemOf(refusal, now), ...more }));
}

function answerWithProblems(app: App, log: Logger, now: () => number): void {
  const send = (reply: FastifyReply, refusal: RefusalType, more?: object) =>
    sendProblem(reply, refusal, now(), more);

  app.setErrorHandler((error: Error & { code?: string; statusCode?: number }, request, reply) => {
    const refusal = error instanceof Refusal ? error : refusalOfFramework(error);
    if (refusal) return send(reply, refusal);
    if (isStoreUnavailable(error)) {
      log.error({ request_id: request.id, reason: error.message }, 'the store is unavailable');
      return send(reply, new Refusal('unavailable', { retry_after: 5 }));
    }
    // The inside stays inside: the answer says only where to look.
    log.error(
      { err: error, request_id: request.id, method: request.method, route: request.routeOptions.url },
      'failed',
    );
    return send(reply, new Refusal('internal'), { request_id: request.id });
  });

  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    const allowed = methodsOf(app, request.url);
    if (allowed.length === 0) return send(reply, new Refusal('not_found'));
    void reply.header('allow', allowed.join(', '));
    return send(reply, new Refusal('method_not_allowed'));
  });
}

function refusalOfFramework(error: { code?: string; statusCode?: number }): RefusalType | undefined {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new Refusal('too_large');
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new Refusal('unsupported_media_type');
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return new Refusal('malformed');
  }
  return undefined;
}
