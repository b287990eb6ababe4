import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, inParallel } from './client.ts';
import type { Figure } from './figures.ts';
import { populate } from './population.ts';
import { startServer } from './processes.ts';

/**
 * Ten thousand browsers that wait, each for a sign-in of its own: what each costs in memory, and how long it takes until
 * all are told when all their requests run out at one moment.
 */

const count = 10_000;

export async function measureWaiting(): Promise<Figure[]> {
  await using server = await startServer();
  await using population = await populate(server.env, 100);
  // Time to write the requests and to open the streams; all end together.
  const lifetime = 60_000;
  const end = Date.now() + lifetime;
  const waiting = [];
  while (waiting.length < count) waiting.push(...(await population.ask(500, end - Date.now())));
  const client = createClient(server.at);
  await sleep(2_000);
  const idle = server.memory();
  let told = 0;
  let last = 0;
  const streams: { destroy(): void }[] = [];
  await inParallel(waiting, 50, async ({ authentication, member }) => {
    const headers = { cookie: `countersign-browser=${member.browser}` };
    const path = `/api/v1/authentications/${authentication}/events`;
    const stream = await client.follow(path, headers, (text) => {
      if (!text.includes('"state":"expired"')) return;
      told += 1;
      last = Date.now();
    });
    streams.push(stream);
  });
  if (Date.now() > end - 5_000) throw new Error(`opening ${count} streams took too long to measure`);
  await sleep(3_000);
  const waitingMemory = server.memory();
  // The latest of the requests; each has its own millisecond.
  for (const giveUp = end + 60_000; told < count && Date.now() < giveUp;) await sleep(20);
  for (const stream of streams) stream.destroy();
  client.close();
  if (told < count) throw new Error(`only ${told} of ${count} were told`);
  return [
    {
      name: 'each of 10,000 waiting browsers, above idle',
      value: (waitingMemory - idle) / count / 1024,
      unit: 'KB',
      target: { atMost: 32 },
    },
    {
      name: 'until all 10,000 are told, once their requests ran out',
      value: (last - end) / 1000,
      unit: 's',
      target: { atMost: 2 },
    },
  ];
}
