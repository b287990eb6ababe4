import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { openStreamCount } from './http/stream.ts';

/** Prometheus metrics. Labels never name a person. */
export interface Metrics {
  registry: Registry;
  countPush(outcome: string): void;
  timeRequest(route: string, method: string, status: number, seconds: number): void;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const pushes = new Counter({
    name: 'countersign_push_messages_total',
    help: 'Web Push messages by what the push service made of them',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const requests = new Histogram({
    name: 'countersign_http_request_duration_seconds',
    help: 'Time to answer, by route, method and status',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2],
    registers: [registry],
  });
  new Gauge({
    name: 'countersign_open_streams',
    help: 'Server-sent event streams that are open',
    registers: [registry],
    collect() {
      this.set(openStreamCount());
    },
  });
  return {
    registry,
    countPush: (outcome) => pushes.inc({ outcome }),
    timeRequest: (route, method, status, seconds) =>
      requests.observe({ route, method, status: String(status) }, seconds),
  };
}
