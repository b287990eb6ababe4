import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { examine } from '../../apps/server/src/doctor.ts';
import { readEnvironment } from '../../apps/server/src/platform/environment.ts';
import { Browser } from '../support/browser.ts';
import { startDemonstration } from '../support/demonstration.ts';
import { password } from '../support/people.ts';

/** `npm run demo`: an organisation in which every page has something to show, and whoever looks gets in as it says. */
test('the demonstration shows people, events and mail, lets a visitor in, and leaves nothing', async (context) => {
  const demonstration = await startDemonstration();
  context.after(() => demonstration[Symbol.asyncDispose]());
  const { url, said, folder, visitor: browser, owner: admin } = demonstration;
  assert.ok(said.includes(password));

  // Its clock is that of the phones and applications that come.
  const { server_time } = (await new Browser(url).get('/api/v1/session')).body;
  assert.ok(Math.abs(Date.parse(server_time) - Date.now()) < 2000, server_time);

  const { items: users } = (await admin.get('/api/v1/admin/users?limit=200')).body;
  const valuesOf = (member: string) => new Set(users.map((user: any) => user[member]));
  assert.equal(users.length, 40);
  assert.deepEqual(valuesOf('state'), new Set(['active', 'invited', 'suspended']));
  assert.deepEqual(valuesOf('role'), new Set(['owner', 'admin', 'help_desk', 'read_only', 'user']));
  assert.ok(users.filter(({ factors }: any) => factors.length > 0).length > 25);

  const types = new Map<string, number>();
  const days = new Set<string>();
  for (let cursor = ''; ;) {
    const { body } = await admin.get(`/api/v1/admin/events?limit=200${cursor && `&cursor=${cursor}`}`);
    for (const { type, at } of body.items) {
      types.set(type, (types.get(type) ?? 0) + 1);
      days.add(at.slice(0, 10));
    }
    if (!(cursor = body.next_cursor)) break;
  }
  assert.ok(days.size > 25, `events on ${days.size} days`);
  assert.ok(types.get('authentication.completed')! > 100);
  for (const type of [
    'push.denied',
    'push.reported',
    'push.wrong_number',
    'password.wrong',
    'password.changed',
    'factor.wrong_code',
    'verification.asked',
    'application.opened',
    'policy.changed',
  ])
    assert.ok(types.has(type), type);
  assert.ok((await admin.get('/api/v1/admin/outbox')).body.items.length > 20);

  const { days: counted } = (await admin.get('/api/v1/admin/home/statistics')).body;
  assert.ok(counted.filter(({ people }: any) => people > 30).length > 20);

  const groups = (await admin.get('/api/v1/admin/groups')).body.items;
  assert.deepEqual(
    groups.map(({ name, member_count }: any) => [name, member_count > 4]),
    [
      ['Warehouse', true],
      ['Finance', true],
    ],
  );

  const itemsOf = async (list: string) => (await admin.get(`/api/v1/admin/${list}`)).body.items;
  assert.ok(users.some(({ delete_at }: any) => delete_at !== null));
  assert.ok(users.some(({ locked }: any) => locked));
  const factors = new Set(users.flatMap((user: any) => user.factors));
  assert.deepEqual(factors, new Set(['push', 'totp', 'passkey', 'recovery_code']));
  const { rules, version } = (await admin.get('/api/v1/admin/policies')).body;
  assert.deepEqual([rules.length, version], [4, 6]);
  const tokens = await itemsOf('tokens');
  assert.equal(tokens.filter(({ last_used_at }: any) => last_used_at !== null).length, 1);
  assert.ok((await itemsOf('diagnostics?limit=200')).length > 100);
  const webhooks = await itemsOf('webhooks');
  const [failing, paused, taking] = webhooks.map(({ id }: any) => id);
  assert.deepEqual(
    webhooks.map(({ state }: any) => state),
    ['active', 'paused', 'active'],
  );
  const deliveries = async (id: string) =>
    new Set((await itemsOf(`webhooks/${id}/deliveries`)).map((one: any) => one.state));
  assert.ok((await deliveries(taking)).has('delivered'));
  assert.ok((await deliveries(failing)).has('pending'));
  assert.equal((await deliveries(paused)).size, 0);

  // What was lived through by a clock that was moved is sealed as any other.
  const [place] = await readdir(folder);
  const findings = await examine(
    readEnvironment({
      COUNTERSIGN_DATA: join(folder, place!),
      COUNTERSIGN_SECRET: 'a secret of the tests, and long enough',
    }),
    { reachability: false, seal: undefined },
  );
  assert.deepEqual(
    findings.filter(({ level }) => level === 'problem'),
    [],
  );
  assert.ok(findings.some(({ text }) => /^Event log: \d{4} events under \d+ seals$/.test(text)));

  const hosts = await itemsOf('hosts');
  assert.deepEqual(hosts.map(({ name, state }: any) => `${name} ${state}`).sort(), [
    'terminal-north active',
    'terminal-south revoked',
    'web1.harbour.example active',
    'web2.harbour.example active',
  ]);
  const outcomes = new Set<string>();
  for (const { id } of hosts)
    for (const { outcome } of (await admin.get(`/api/v1/admin/hosts/${id}`)).body.logins)
      outcomes.add(outcome);
  for (const outcome of [
    'allowed',
    'denied',
    'no_answer',
    'local_user_unmapped',
    'offline_code',
    'break_glass',
  ])
    assert.ok(outcomes.has(outcome), outcome);

  // The two applications, as the visitor finds them, who has just signed in.
  for (const [application, shows] of [
    ['Wiki', /Signed in[^]*preferred_username[^]*vera\.visitor/],
    ['Files', /name="SAMLResponse"/],
  ] as const) {
    const site = new Browser(new RegExp(`^ +${application} +(http:\\S+)/ `, 'm').exec(said)![1]!);
    let next = (await site.get('/')).headers.get('location');
    let page = '';
    while (next !== null) {
      const from: Browser = next.startsWith(site.url) ? site : browser;
      const answer = await from.get(next.replace(from.url, ''));
      next = answer.headers.get('location');
      page = String(answer.body);
    }
    assert.match(page, shows);
  }

  assert.equal(await demonstration.end(), 0);
  assert.deepEqual(await readdir(folder), []);
});
