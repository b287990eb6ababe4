import { join } from 'node:path';
import { insertApplication } from '../apps/server/src/applications/store.ts';
import { clientView, makeClient } from '../apps/server/src/oidc/clients.ts';
import { createClient, inParallel } from './client.ts';
import { median, type Figure } from './figures.ts';
import { authorization, peerClient, redirectUri, verifier } from './oidc-client.ts';
import { populate, type Population } from './population.ts';
import { startPeer, startServer } from './processes.ts';

/**
 * How many code flows one core answers in a second, over HTTP with a session (authorize, then token), against the
 * library alone with everything in its memory. Both are processes of their own, and take turns.
 */

const warmUp = 2;
const rounds = 7;
const flowsInRound = 800;
const atOnce = 16;
const people = 50;

/** One provider, with a client that it knows and browsers that are signed in to it. */
interface Provider {
  at: string;
  cpu(): number;
  paths: { authorize: string; token: string };
  clientId: string;
  secret: string;
  cookies: string[];
}

export async function measureOidc(): Promise<Figure[]> {
  await using server = await startServer();
  await using population = await populate(server.env, people);
  await using peer = await startPeer(join(import.meta.dirname, 'oidc-peer.ts'));
  const ours = flowsOf({
    at: server.at,
    cpu: () => server.cpu(),
    paths: { authorize: '/oidc/authorize', token: '/oidc/token' },
    ...(await register(population)),
    cookies: await Promise.all(population.members.map(population.signedIn)),
  });
  const alone = flowsOf({
    at: peer.at,
    cpu: () => peer.cpu(),
    paths: { authorize: '/auth', token: '/token' },
    clientId: peerClient.client_id,
    secret: peerClient.client_secret,
    cookies: await signInToPeer(peer.at),
  });
  const samples = { ours: [] as number[], alone: [] as number[], share: [] as number[] };
  for (let round = -warmUp; round < rounds; round += 1) {
    const cost = { alone: await alone.round(), ours: await ours.round() };
    if (round < 0) continue;
    for (const name of ['ours', 'alone'] as const) samples[name].push(1000 / cost[name]);
    samples.share.push((cost.alone / cost.ours) * 100);
  }
  ours.close();
  alone.close();
  const figure = (name: string, values: number[], more: Partial<Figure> = {}): Figure => ({
    name,
    value: median(values),
    unit: '/s on one core',
    samples: values,
    ...more,
  });
  return [
    figure('code flows by the library alone, in its memory', samples.alone),
    figure('code flows by OpenID Connect over HTTP', samples.ours),
    figure('code flows against the library alone', samples.share, { unit: '%', target: { atLeast: 65 } }),
  ];
}

function flowsOf({ at, cpu, paths, clientId, secret, cookies }: Provider) {
  const client = createClient(at, { sockets: atOnce });
  const authorizePath = `${paths.authorize}?${authorization(clientId)}`;
  const token = {
    'content-type': 'application/x-www-form-urlencoded',
    authorization: `Basic ${btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`)}`,
  };
  async function flow(index: number): Promise<void> {
    const { location } = await client.call('GET', authorizePath, { cookie: cookies[index % people]! });
    const code = URL.parse(location ?? '')?.searchParams.get('code');
    if (!code) throw new Error(`${at} gave no code: ${location}`);
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    }).toString();
    const answer = await client.call('POST', paths.token, token, body);
    if (!answer.body.includes('id_token')) throw new Error(`${at} gave no tokens: ${answer.body}`);
  }
  return {
    /** Milliseconds of processor for one flow. */
    async round(): Promise<number> {
      const before = cpu();
      const indices = Array.from({ length: flowsInRound }, (_, index) => index);
      await inParallel(indices, atOnce, flow);
      return (cpu() - before) / flowsInRound;
    },
    close: () => client.close(),
  };
}

async function register({ store, platform }: Population) {
  const id = 'wiki';
  return store.transaction(async (transaction) => {
    await insertApplication.run(transaction, {
      id,
      kind: 'oidc',
      name: 'Wiki',
      search: ' wiki',
      url: redirectUri,
      step_up: 0,
      for_groups: 0,
      session_minutes: null,
      now: Date.now(),
    });
    const { secret } = await makeClient(transaction, id, { redirect_uris: [redirectUri] }, platform);
    return { clientId: (await clientView(transaction, id))!.client_id, secret: secret! };
  });
}

/** The cookies of so many browsers that its page has signed in. */
async function signInToPeer(at: string): Promise<string[]> {
  const client = createClient(at);
  const all: string[] = [];
  while (all.length < people) {
    const jar = new Map<string, string>();
    let path = `/auth?${authorization(peerClient.client_id)}`;
    while (path.startsWith('/')) {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const { location, cookies } = await client.call('GET', path, { cookie });
      for (const [, name, value] of cookies.map((each) => /^([^=]+)=([^;]*)/.exec(each)!))
        jar.set(name!, value!);
      if (!location) throw new Error(`${at} stopped at ${path}`);
      path = location.startsWith(at) ? location.slice(at.length) : location;
    }
    all.push(
      [...jar]
        .filter(([, value]) => value)
        .map(([name, value]) => `${name}=${value}`)
        .join('; '),
    );
  }
  client.close();
  return all;
}
