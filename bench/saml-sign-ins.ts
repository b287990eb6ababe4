import { generateKeyPairSync, sign } from 'node:crypto';
import { insertApplication } from '../apps/server/src/applications/store.ts';
import { makeServiceProvider } from '../apps/server/src/saml/service-providers.ts';
import { createServiceProvider, type ServiceProvider } from '../tests/support/service-provider.ts';
import { createClient, inParallel } from './client.ts';
import { median, type Figure } from './figures.ts';
import { populate, type Population } from './population.ts';
import { startServer } from './processes.ts';
import { cpuOf } from './sign-in.ts';

/**
 * How many sign-ins by SAML one core answers in a second, over HTTP with a session, against what cannot be saved: two
 * RSA-2048 signatures. And how many with a request that is signed, which costs its verification too.
 */

const warmUp = 2;
const rounds = 7;
const signInsInRound = 1200;
const atOnce = 32;
const people = 50;

export async function measureSamlSignIns(): Promise<Figure[]> {
  await using server = await startServer();
  await using population = await populate(server.env, people);
  const cookies = await Promise.all(population.members.map(population.signedIn));
  const plain = await register(population, createServiceProvider(server.url, Date.now));
  const signing = await register(population, createServiceProvider(server.url, Date.now, { signs: true }));
  const client = createClient(server.at, { sockets: atOnce });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const octets = Buffer.alloc(400, 'a');
  const samples = {
    limit: [] as number[],
    plain: [] as number[],
    byRedirect: [] as number[],
    byForm: [] as number[],
    share: [] as number[],
  };

  const costOf = async (send: (index: number) => Parameters<typeof client.call>): Promise<number> => {
    const calls = Array.from({ length: signInsInRound }, (_, index) => send(index));
    const before = server.cpu();
    await inParallel(calls, atOnce, async (call) => {
      const { status, body } = await client.call(...call);
      if (status !== 200 || !body.includes('SAMLResponse')) throw new Error(`${status} ${body}`);
    });
    return (server.cpu() - before) / signInsInRound;
  };
  const cookieOf = (index: number) => ({ cookie: cookies[index % people]! });
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  for (let round = -warmUp; round < rounds; round += 1) {
    const cost = {
      limit: await cpuOf(async () => {
        for (let i = 0; i < signInsInRound * 2; i += 1) sign('sha256', octets, privateKey);
      }, signInsInRound),
      plain: await costOf((index) => ['GET', plain.redirect(), cookieOf(index)]),
      byRedirect: await costOf((index) => ['GET', signing.redirect(), cookieOf(index)]),
      byForm: await costOf((index) => {
        const body = new URLSearchParams(signing.form()).toString();
        return ['POST', '/saml/sso', { ...cookieOf(index), ...form }, body];
      }),
    };
    if (round < 0) continue;
    for (const name of ['limit', 'plain', 'byRedirect', 'byForm'] as const)
      samples[name].push(1000 / cost[name]);
    samples.share.push((cost.limit / cost.plain) * 100);
  }
  client.close();
  const figure = (name: string, values: number[], more: Partial<Figure> = {}): Figure => ({
    name,
    value: median(values),
    unit: '/s on one core',
    samples: values,
    ...more,
  });
  return [
    figure('the limit: two RSA-2048 signatures', samples.limit),
    figure('sign-ins by SAML over HTTP', samples.plain),
    figure('sign-ins by SAML against their limit', samples.share, { unit: '%', target: { atLeast: 65 } }),
    figure('the same, the request signed, by redirect', samples.byRedirect, { target: { atLeast: 150 } }),
    figure('the same, the request signed, by a form', samples.byForm, { target: { atLeast: 150 } }),
  ];
}

async function register({ store }: Population, sp: ServiceProvider): Promise<ServiceProvider> {
  const name = sp.entityId;
  await store.transaction(async (transaction) => {
    const row = {
      id: new URL(name).hostname.replaceAll('.', '-'),
      kind: 'saml',
      name,
      search: ` ${name}`,
      url: sp.acsUrl,
      step_up: 0,
    };
    await insertApplication.run(transaction, {
      ...row,
      for_groups: 0,
      session_minutes: null,
      now: Date.now(),
    });
    await makeServiceProvider(
      transaction,
      row.id,
      { metadata: { xml: sp.metadata, member: 'metadata' }, chosen: {} },
      Date.now(),
    );
  });
  return sp;
}
