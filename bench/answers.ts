import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseJws, signProof, exportPresenceJwk, generatePresenceKey } from '@countersign/protocol';
import { createPrimitives } from '../apps/server/src/platform/primitives.ts';
import { openSqlite } from '../apps/server/src/platform/store/sqlite.ts';
import { statement, type Statement } from '../apps/server/src/platform/store/store.ts';
import { createClient, inParallel } from './client.ts';
import { median, type Figure } from './figures.ts';
import { populate, signedApproval } from './population.ts';
import { startServer } from './processes.ts';
import { cpuOf } from './sign-in.ts';

/**
 * How many answers of phones one core takes in a second, against what cannot be saved: two signatures (the proof and
 * the answer) and one transaction whose COMMIT is shared.
 */

const rounds = 7;
const answersInRound = 2_000;
const atOnce = 64;

export async function measureAnswers(): Promise<Figure[]> {
  await using server = await startServer();
  await using population = await populate(server.env, 200);
  const client = createClient(server.at, { sockets: atOnce });
  const costs: number[] = [];
  const limits: number[] = [];
  const shares: number[] = [];
  const rates: number[] = [];
  for (let round = -1; round < rounds; round += 1) {
    const waiting = await population.ask(answersInRound);
    const calls = await Promise.all(waiting.map((each) => signedApproval(each, server.url)));
    const before = server.cpu();
    const began = performance.now();
    await inParallel(calls, atOnce, async ({ path, dpop, body }) => {
      const { status, body: text } = await client.call('POST', path, { dpop }, body);
      if (status !== 200) throw new Error(`${status} ${text}`);
    });
    const seconds = (performance.now() - began) / 1000;
    const cost = (server.cpu() - before) / answersInRound;
    const limit = (await verificationsCost()) + (await commitCost());
    if (round < 0) continue;
    costs.push(cost);
    limits.push(limit);
    shares.push((limit / cost) * 100);
    rates.push(answersInRound / seconds);
  }
  client.close();
  const perSecond = (times: number[]) => times.map((ms) => 1000 / ms);
  return [
    {
      name: 'the limit: two P-256 verifications and a grouped commit',
      value: median(perSecond(limits)),
      unit: '/s on one core',
      samples: perSecond(limits),
    },
    {
      name: 'push answers by CPU of the server',
      value: median(perSecond(costs)),
      unit: '/s on one core',
      samples: perSecond(costs),
    },
    { name: 'push answers by the clock, 64 at once', value: median(rates), unit: '/s', samples: rates },
    {
      name: 'push answers against their limit',
      value: median(shares),
      unit: '%',
      samples: shares,
      target: { atLeast: 45 },
    },
  ];
}

/** CPU of two verifications, in milliseconds. */
async function verificationsCost(): Promise<number> {
  const keys = await generatePresenceKey();
  const jwk = await exportPresenceJwk(keys.publicKey);
  const proof = await signProof({ method: 'POST', url: 'https://id.example.com/' }, keys, Date.now());
  const parsed = parseJws(proof, 'dpop+jwt')!;
  // The cheapest way that Node has.
  const { verifyEs256 } = createPrimitives();
  const signed = new TextEncoder().encode(parsed.signingInput);
  const count = 2_000;
  const one = await cpuOf(async () => {
    for (let i = 0; i < count; i += 1)
      if (!(await verifyEs256(jwk, parsed.signature, signed))) throw new Error('not verified');
  }, count);
  return 2 * one;
}

const claim = statement(
  `UPDATE bench_requests SET state = 'approved' WHERE id = :id AND state = 'pending' RETURNING id`,
);
const record = statement('INSERT INTO bench_events (id, at, details) VALUES (:id, :at, :details)');
const fill = statement(`INSERT INTO bench_requests (id, state) VALUES (:id, 'pending')`);

/** CPU of one transaction with a conditional UPDATE and an INSERT, 64 callers sharing commits, in milliseconds. */
async function commitCost(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-commit-'));
  const store = openSqlite(join(folder, 'bench.db'));
  const run = (text: string) => store.query({ text, names: [] as readonly string[] } as Statement, {});
  try {
    await run('CREATE TABLE bench_requests (id TEXT PRIMARY KEY, state TEXT NOT NULL)');
    await run('CREATE TABLE bench_events (id TEXT PRIMARY KEY, at BIGINT NOT NULL, details TEXT NOT NULL)');
    const ids = Array.from({ length: 2_000 }, () => crypto.randomUUID());
    await store.transaction(async (transaction) => {
      for (const id of ids) await fill.run(transaction, { id });
    });
    return await cpuOf(
      () =>
        inParallel(ids, atOnce, (id) =>
          store.transaction(async (transaction) => {
            await claim.get(transaction, { id });
            await record.run(transaction, {
              id,
              at: Date.now(),
              details: '{"what":"is recorded of an answer"}',
            });
          }),
        ),
      ids.length,
    );
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
}
