import { startPostgres } from '../tests/support/postgres.ts';
import { createClient } from './client.ts';
import { quantile, type Figure } from './figures.ts';
import { addOrganisation, type Size } from './organisation.ts';
import { day } from '../apps/server/src/platform/platform.ts';
import { populate } from './population.ts';
import { startServer } from './processes.ts';
import { measureSignInAmong, signInsInRound } from './sign-in-among.ts';

/**
 * Every list of the Admin Portal, with each filter and with words that many, few and none have, among a million people
 * and ten million events; and what a sign-in costs there, against one among a thousand people. `BENCH_PEOPLE` and
 * `BENCH_EVENTS` make it smaller.
 */

const size: Size = {
  people: Number(process.env.BENCH_PEOPLE ?? 1_000_000),
  events: Number(process.env.BENCH_EVENTS ?? 10_000_000),
  groups: 1_000,
  mails: 20_000,
  applications: 500,
  hosts: 20_000,
  reports: 100_000,
  deliveries: 100_000,
};
const fewer: Size = {
  people: 1_000,
  events: 10_000,
  groups: 10,
  mails: 0,
  applications: 10,
  hosts: 100,
  reports: 0,
  deliveries: 0,
};
const rounds = 100;
const bound = 100; // ms

/** The day that ended `n` days ago. */
const dayBefore = (n: number): string => {
  const [from, to] = [n + 1, n].map((days) => new Date(Date.now() - days * day).toISOString());
  return `from=${from}&to=${to}`;
};

/** What a person asks for: the n-th time something else, as nobody asks for the same all day. */
const lists: Record<string, (n: number) => string> = {
  people: () => 'users',
  'people, a page further on': (n) => `users?limit=200&cursor=${Date.now() - n * 86_400_000 * 3}.person${n}`,
  'people by a login name': (n) => `users?q=p${1 + ((n * 7919) % size.people)}`,
  'people by a name that many have': (n) => `users?q=${['anna', 'ben', 'olga', 'a', 'p'][n % 5]}`,
  'people by a name that few have': (n) => `users?q=meyer${n % 5000}`,
  'people by two words': (n) => `users?q=hugo%20meyer${n % 500}`,
  'people by a word that nobody has': (n) => `users?q=zz${n}`,
  'people by their state': (n) => `users?state=${['suspended', 'active', 'invited'][n % 3]}`,
  'people by their role': (n) => `users?role=${['owner', 'help_desk', 'user', 'admin'][n % 4]}`,
  'people by state, role and word': (n) => `users?state=suspended&role=user&q=fuchs${n}`,
  'active people without a second factor': () => 'users?without_factor=true',
  'active people without a second factor, by a word': (n) =>
    `users?without_factor=true&q=${['anna', 'fuchs', 'zz'][n % 3]}${n % 2 ? '' : n}`,
  'people who are locked': (n) => `users?factor_locked=true${n % 2 ? '' : '&q=anna'}`,
  'phones that no push reaches': (n) => `authenticators/unreachable${n % 2 ? '' : `?q=fuchs${n}`}`,
  'Home: what needs attention': () => 'home/attention',
  'Home: the charts': () => 'home/statistics',
  'people without a second factor': () => 'enrollment/people',
  'people without one, by a name that many have': (n) =>
    `enrollment/people?q=${['anna', 'ben', 'olga', 'a', 'p'][n % 5]}`,
  'people without one, by a login name': (n) => `enrollment/people?q=p${77 + ((n * 7900) % size.people)}`,
  'people without one, of a group of all': () => 'enrollment/people?group_id=g0',
  'how many have a second factor': () => 'enrollment',
  'how many have one, of a group of all': () => 'enrollment?group_id=g0',
  groups: () => 'groups',
  'groups by a word': (n) => `groups?q=${n}`,
  'members of a group of all': () => 'groups/g0/members',
  'members by a login name': (n) => `groups/g0/members?q=p${1 + ((n * 7919) % size.people)}`,
  'members by a word that nobody has': (n) => `groups/g0/members?q=zz${n}`,
  events: () => 'events',
  'events, a page further on': (n) => `events?limit=200&cursor=${Date.now() - n * 86_400_000 * 3}.event${n}`,
  'events by a login name': (n) => `events?q=p${1 + ((n * 7919) % size.people)}`,
  'events by a word that none has': (n) => `events?q=zz${n}`,
  'events by a word of which some have it': (n) =>
    `events?q=${['push', 'p1', 'authentication.b', 'p99'][n % 4]}`,
  'events by an address': (n) => `events?q=198.51.${n}`,
  'events by what addresses begin with': (n) => `events?q=198.51.${n}.`,
  'events by a type': (n) => `events?type=${['push.asked', 'user.changed', 'group.created'][n % 3]}`,
  'events by a family of types': (n) => `events?type=${['push', 'authentication', 'webhook'][n % 3]}.*`,
  'events about a person': (n) => `events?user=person${1 + ((n * 7919) % size.people)}`,
  'events by an actor': (n) => `events?actor=person${1 + ((n * 104_729) % size.people)}`,
  'events from an address': (n) => `events?ip=198.51.${n % 256}.${n % 100}`,
  'events of an application': (n) => `events?target=a${1 + n}`,
  'events of an authentication': (n) => `events?authentication=authentication${n * 1000}`,
  'events of a day': (n) => `events?${dayBefore(n)}`,
  'events of a day, by a type and a word that none has': (n) => `events?${dayBefore(n)}&type=push.*&q=zz${n}`,
  'events of an application, by an address that none has': (n) => `events?target=a${1 + n}&ip=192.0.2.${n}`,
  applications: () => 'applications',
  'applications by a word': (n) => `applications?q=${n}`,
  hosts: () => 'hosts',
  'hosts by a word that none has': (n) => `hosts?q=zz${n}`,
  'hosts by their group and state': (n) => `hosts?group_id=hg${n}&state=revoked`,
  'hosts by their state': () => 'hosts?state=revoked&limit=200',
  'groups of hosts': (n) => `host-groups?q=${n}`,
  'accounts on hosts': () => 'host-groups/hg0/accounts',
  'accounts on hosts by a word that none has': (n) => `host-groups/hg0/accounts?q=zz${n}`,
  'what apps report': () => 'diagnostics',
  'what apps report, by kind and name': (n) => `diagnostics?kind=usage&q=counter_9${n}`,
  'what a webhook was told': () => 'webhooks/w/deliveries?limit=200',
  mails: () => 'outbox',
  'mails by a recipient': (n) => `outbox?q=p${1 + n * 190}%40`,
};

export async function measureLists(): Promise<Figure[]> {
  await using postgres = await startPostgres();
  const figures: Figure[] = [];
  for (const [engine, more, few] of [
    ['SQLite', {}, {}],
    [
      'PostgreSQL',
      { DATABASE_URL: await postgres.createDatabase() },
      { DATABASE_URL: await postgres.createDatabase() },
    ],
  ] as const) {
    await using server = await startServer({ env: more });
    await using population = await populate(server.env, signInsInRound);
    process.stderr.write(`${engine}: writing …\n`);
    await addOrganisation(server.env, size, Date.now());
    const cookie = await population.signedInAsOwner(population.members[0]!);
    const client = createClient(server.at);
    for (const [name, pathOf] of Object.entries(lists)) {
      const took: number[] = [];
      for (let n = -5; n < rounds; n += 1) {
        const began = performance.now();
        const { status, body } = await client.call('GET', `/api/v1/admin/${pathOf(Math.max(n, 0))}`, {
          cookie,
        });
        if (status !== 200) throw new Error(`${pathOf(Math.max(n, 0))}: ${status} ${body}`);
        if (n >= 0) took.push(performance.now() - began);
        // One that is far over the bound tells that soon.
        if (n > 10 && took.reduce((sum, each) => sum + each, 0) > 20_000) break;
      }
      figures.push({
        name: `${engine}: ${name}, p99`,
        value: quantile(took, 0.99),
        unit: 'ms',
        samples: took,
        target: { atMost: bound },
      });
    }
    client.close();
    await using small = await startServer({ env: few });
    await using smallPopulation = await populate(small.env, signInsInRound);
    await addOrganisation(small.env, fewer, Date.now());
    figures.push(
      await measureSignInAmong(
        engine,
        { server, population },
        { server: small, population: smallPopulation },
      ),
    );
  }
  return figures;
}
