import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { openStreamCount } from './http/stream.ts';

/** Prometheus metrics. Labels never name a person. */
export interface Metrics {
  registry: Registry;
  countPush(outcome: string): void;
  countEvent(type: string): void;
  timeAnswer(outcome: string, seconds: number): void;
  timeRequest(route: string, method: string, status: number, seconds: number): void;
  /** `read` is called whenever somebody asks; where it fails nothing is said of it. */
  addGauge(
    name: string,
    help: string,
    labels: string[],
    read: () => Promise<readonly (readonly [labels: Record<string, string>, value: number])[]>,
  ): void;
}

/** Every value that labels have, so that none is missing until it first happens. */
interface Known {
  eventTypes: readonly string[];
  pushOutcomes: readonly string[];
  answers: readonly string[];
}

export function createMetrics(known: Known): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const pushes = new Counter({
    name: 'countersign_push_messages_total',
    help: 'Web Push messages by what the push service made of them',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const events = new Counter({
    name: 'countersign_events_total',
    help: 'What this process wrote into the event log, by type',
    labelNames: ['type'],
    registers: [registry],
  });
  for (const type of known.eventTypes) events.inc({ type }, 0);
  for (const outcome of known.pushOutcomes) pushes.inc({ outcome }, 0);
  const answers = new Histogram({
    name: 'countersign_push_answer_seconds',
    help: 'From a request to the answer of the phone, by outcome',
    labelNames: ['outcome'],
    buckets: [2, 5, 10, 20, 40, 60, 120],
    registers: [registry],
  });
  for (const outcome of known.answers) answers.zero({ outcome });
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
    countEvent: (type) => events.inc({ type }),
    timeAnswer: (outcome, seconds) => answers.observe({ outcome }, seconds),
    addGauge: (name, help, labelNames, read) =>
      void new Gauge({
        name: `countersign_${name}`,
        help,
        labelNames,
        registers: [registry],
        async collect() {
          const values = await read().catch(() => []);
          this.reset();
          // Without labels it would be 0.
          if (values.length === 0 && labelNames.length === 0) this.remove();
          for (const [labels, value] of values) this.set(labels, value);
        },
      }),
    timeRequest: (route, method, status, seconds) =>
      requests.observe({ route, method, status: String(status) }, seconds),
  };
}
