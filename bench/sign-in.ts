import { signAnswer, signProof } from '@countersign/protocol';
import type { PushRequest } from '@countersign/protocol/wire';
import { createHashing } from '../apps/server/src/password/hashing.ts';
import { password } from '../tests/support/people.ts';
import { createClient, inParallel } from './client.ts';
import { median, type Figure } from './figures.ts';
import { populate, type Member } from './population.ts';
import { startServer, type ServerProcess } from './processes.ts';

/** What a whole sign-in costs the server, against what cannot be saved: the one hash of the password. */

/** Rounds before it counts, until what is run often is compiled. */
const warmUp = 5;
const rounds = 9;
const signInsInRound = 48;
const atOnce = 8;

export async function measureSignIn(): Promise<Figure[]> {
  await using server = await startServer();
  await using population = await populate(server.env, signInsInRound);
  const client = createClient(server.at);
  const hashing = createHashing(1);
  const stored = await hashing.hash(password);
  const ratios: number[] = [];
  const signIns: number[] = [];
  const hashes: number[] = [];
  for (let round = -warmUp; round < rounds; round += 1) {
    await population.passAnHour();
    const before = server.cpu();
    await inParallel(population.members, atOnce, (member) => signIn(server, client, member));
    const signInCost = (server.cpu() - before) / signInsInRound;
    const hashCost = await cpuOf(async () => {
      for (let i = 0; i < signInsInRound; i += 1) await hashing.verify(stored, password);
    }, signInsInRound);
    if (round < 0) continue;
    signIns.push(signInCost);
    hashes.push(hashCost);
    ratios.push(signInCost / hashCost);
  }
  client.close();
  return [
    { name: 'one argon2id hash (19 MiB, t=2, p=1), CPU', value: median(hashes), unit: 'ms', samples: hashes },
    {
      name: 'a sign-in with password and push, server CPU',
      value: median(signIns),
      unit: 'ms',
      samples: signIns,
    },
    {
      name: 'a sign-in against one hash',
      value: median(ratios),
      unit: '×',
      samples: ratios,
      target: { atMost: 1.15 },
      note: 'begin, send the push, list, answer, complete, who am I; eight people at once',
    },
  ];
}

export async function signIn(
  server: ServerProcess,
  client: ReturnType<typeof createClient>,
  member: Member,
): Promise<void> {
  const { url: issuer } = server;
  const headers: Record<string, string> = { origin: issuer, cookie: `countersign-browser=${member.browser}` };
  const good = (reply: { status: number; body: string }, status: number) => {
    if (reply.status !== status) throw new Error(`${reply.status} ${reply.body}`);
    return reply.body ? (JSON.parse(reply.body) as Record<string, unknown>) : {};
  };
  const credentials = JSON.stringify({ purpose: 'portal_login', login: member.login, password });
  const { id } = good(await client.call('POST', '/api/v1/authentications', headers, credentials), 201);
  good(await client.call('POST', `/api/v1/authentications/${String(id)}/push`, headers), 201);
  const prove = async (method: string, path: string, body?: string) => ({
    dpop: await signProof(
      { method, url: issuer + path, body: body === undefined ? undefined : new TextEncoder().encode(body) },
      member.keys,
      Date.now(),
    ),
  });
  const path = '/authenticator/v1/requests';
  const listed = good(await client.call('GET', path, await prove('GET', path)), 200);
  const request = (listed.requests as PushRequest[])[0]!;
  const options = { issuer, privateKey: member.keys.privateKey, now: Date.now() };
  const body = JSON.stringify({
    answer: await signAnswer(request, { decision: 'approve' }, options),
    webauthn: null,
  });
  const answerPath = `${path}/${request.id}/answer`;
  good(await client.call('POST', answerPath, await prove('POST', answerPath, body), body), 200);
  const completed = await client.call('POST', `/api/v1/authentications/${String(id)}/complete`, headers);
  good(completed, 200);
  const session = completed.cookies
    .find((cookie) => cookie.startsWith('countersign-session='))!
    .split(';')[0]!;
  good(
    await client.call('GET', '/api/v1/session', { ...headers, cookie: `${headers.cookie}; ${session}` }),
    200,
  );
}

/** CPU of this process for each of `count` pieces of `work`, in milliseconds. */
export async function cpuOf(work: () => Promise<void>, count: number): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / count;
}
