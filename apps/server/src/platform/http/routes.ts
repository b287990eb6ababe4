import { equalInConstantTime } from '@countersign/protocol';
import { Problem } from '@countersign/protocol/wire';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Metrics } from '../metrics.ts';
import type { Store } from '../store/store.ts';
import type { App } from './app.ts';
import { Refusal } from './refusal.ts';

/** What operators and other programs read: health, metrics, the OpenAPI document. */

interface Needs {
  store: Store;
  metrics: Metrics;
  metricsToken?: string;
}

const tags = ['Operation'];

export function operationRoutes(app: App, { store, metrics, metricsToken }: Needs): void {
  const status = Type.Object({ status: Type.Literal('ok') });

  app.get(
    '/health/live',
    {
      schema: {
        tags,
        summary: 'The process answers',
        security: [],
        response: { 200: status, '4xx': Problem },
      },
    },
    async () => ({ status: 'ok' as const }),
  );

  app.get(
    '/health/ready',
    {
      schema: {
        tags,
        summary: 'The store answers too',
        security: [],
        response: { 200: status, '4xx': Problem, 503: Problem },
      },
    },
    async () => {
      await store.ping().catch(() => {
        throw new Refusal('unavailable', { detail: 'The store does not answer.' });
      });
      return { status: 'ok' as const };
    },
  );

  app.get(
    '/metrics',
    {
      schema: {
        tags,
        summary: 'Prometheus metrics, from loopback or with METRICS_TOKEN as Bearer',
        produces: ['text/plain'],
        response: { 200: Type.String(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      if (!mayReadMetrics(request, metricsToken)) throw new Refusal('forbidden');
      return reply
        .header('content-type', metrics.registry.contentType)
        .serializer(String)
        .send(await metrics.registry.metrics());
    },
  );

  app.get(
    '/api/openapi.json',
    { schema: { tags, summary: 'This document', response: { 200: Type.Object({}), '4xx': Problem } } },
    async () => app.swagger(),
  );
}

/** Loopback means the connection itself, not what a forwarded header says of it. */
function mayReadMetrics(request: FastifyRequest, token: string | undefined): boolean {
  const { authorization } = request.headers;
  if (token && authorization && equalInConstantTime(authorization, `Bearer ${token}`)) return true;
  const direct = request.headers['x-forwarded-for'] === undefined && request.headers.forwarded === undefined;
  return direct && ['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(request.socket.remoteAddress ?? '');
}
