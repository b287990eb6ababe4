import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '../tests/support/postgres.ts';
import { freePort } from '../tests/support/free-port.ts';
import { createClient } from './client.ts';
import { median, quantile, type Figure } from './figures.ts';
import { populate, signedApproval, type Population } from './population.ts';
import { startServer, type ServerProcess } from './processes.ts';

/**
 * From the phone's answer leaving the client until the waiting browser has read "ready" from its stream, at a steady
 * number of answers a second, each at a random moment.
 */

const seconds = 8;

export async function measureLatency(): Promise<Figure[]> {
  await using server = await startServer();
  await using population = await populate(server.env, 100);
  // Until the code is compiled.
  await measureAt(100, 3, population, server, server);
  const figures: Figure[] = [];
  for (const rate of [10, 100, 500]) {
    const samples = await measureAt(rate, seconds, population, server, server);
    const name = `answer to browser at ${rate}/s`;
    figures.push({ name: `${name}, median`, value: median(samples), unit: 'ms', samples });
    figures.push({
      name: `${name}, p99`,
      value: quantile(samples, 0.99),
      unit: 'ms',
      ...(rate === 100 ? { target: { atMost: 15 } } : {}),
    });
  }
  return figures;
}

/** The same with the phone at one process and the browser at another, both on one PostgreSQL. */
export async function measureBetweenProcesses(): Promise<Figure[]> {
  await using postgres = await startPostgres();
  const env = {
    DATABASE_URL: await postgres.createDatabase(),
    COUNTERSIGN_URL: `http://localhost:${await freePort()}`,
  };
  await using one = await startServer({ env });
  await using other = await startServer({ env });
  await using population = await populate(one.env, 100);
  await measureAt(50, 3, population, one, other);
  const samples = await measureAt(50, seconds, population, one, other);
  const name = 'answer at one process, browser at another, 50/s';
  return [
    { name: `${name}, median`, value: median(samples), unit: 'ms', samples },
    { name: `${name}, p99`, value: quantile(samples, 0.99), unit: 'ms', target: { atMost: 50 } },
  ];
}

async function measureAt(
  rate: number,
  duration: number,
  population: Population,
  phoneAt: ServerProcess,
  browserAt: ServerProcess,
): Promise<number[]> {
  const waiting = await population.ask(rate * duration);
  const phones = createClient(phoneAt.at);
  const browsers = createClient(browserAt.at);
  const told = new Map<string, number>();
  const streams = [];
  for (const { authentication, member } of waiting) {
    const headers = { cookie: `countersign-browser=${member.browser}` };
    const path = `/api/v1/authentications/${authentication}/events`;
    const onData = (text: string) => {
      if (text.includes('"state":"ready"')) told.set(authentication, performance.now());
    };
    streams.push(await browsers.follow(path, headers, onData));
  }
  const calls = await Promise.all(
    waiting.map(async (each) => ({ ...each, call: await signedApproval(each, phoneAt.url) })),
  );
  const samples: number[] = [];
  await Promise.all(
    calls.map(async ({ authentication, call: { path, dpop, body } }) => {
      await sleep(Math.random() * duration * 1000);
      const began = performance.now();
      const { status, body: text } = await phones.call('POST', path, { dpop }, body);
      if (status !== 200) throw new Error(`${status} ${text}`);
      while (!told.has(authentication)) {
        if (performance.now() - began > 30_000) throw new Error('a browser was not told');
        await sleep(1);
      }
      samples.push(told.get(authentication)! - began);
    }),
  );
  for (const stream of streams) stream.destroy();
  phones.close();
  browsers.close();
  return samples;
}
