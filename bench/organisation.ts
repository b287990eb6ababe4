import { usualRules } from '../apps/server/src/hosts/rule.ts';
import { insertHostGroup } from '../apps/server/src/hosts/store.ts';
import { insertMail } from '../apps/server/src/mail/store.ts';
import { sealed } from '../apps/server/src/platform/sealed-columns.ts';
import { createSealing } from '../apps/server/src/platform/sealing.ts';
import { openStore } from '../apps/server/src/platform/store/open.ts';
import type { Statement, Store } from '../apps/server/src/platform/store/store.ts';
import { day } from '../apps/server/src/platform/platform.ts';
import { secret } from './processes.ts';

/** An organisation of a million people and ten million events, written by the database itself: minutes, not hours. */

export interface Size {
  people: number;
  events: number;
  groups: number;
  mails: number;
  applications: number;
  hosts: number;
  /** Counters of what apps report; deliveries of one webhook. */
  reports: number;
  deliveries: number;
}

const first =
  'Anna Ben Carla David Elif Farid Grete Hugo Ines Jonas Kira Lars Mona Nils Olga Paul Rana Sven Tara Uwe';
const last =
  'Adler Baum Clark Diaz Engel Fuchs Gupta Haas Ivanov Jansen Kaya Lopez Meyer Nowak Okafor Petit Rossi';
const types =
  'authentication.begun push.asked push.approved authentication.complete session.ended user.changed authentication.failed';

/** In SQL; to SQLite `||` binds closer than `%`, so that each remainder stands in brackets. Picks the n-th of the words, going round. */
const pick = (words: string, n: string) => {
  const list = words.split(' ');
  return `CASE (${n}) % ${list.length} ${list.map((word, index) => `WHEN ${index} THEN '${word}'`).join(' ')} END`;
};

/** All but one in a hundred. */
const hasFactor = 'CASE WHEN n % 100 = 77 THEN 0 ELSE 1 END';

/** Numbers from 1, as both engines count. */
const counting = (to: number) =>
  `WITH RECURSIVE counting (n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM counting WHERE n < ${to})`;

/**
 * Logins `p1` to `p{people}`, in lower case all in `search`; the n-th in one of `g1` and on, everybody in `g0`, who was there before too.
 * Spread over the year before `now`; every fiftieth suspended, every thousandth helps at the desk; of a hundred
 * one without a second factor; of twenty 19 with a phone, of which every hundredth is unreachable; every ten thousandth locked.
 */
export async function addOrganisation(env: Record<string, string>, size: Size, now: number): Promise<void> {
  const store = await openStore({ dataFolder: env.COUNTERSIGN_DATA!, databaseUrl: env.DATABASE_URL });
  try {
    await addPeople(store, size, now);
    await addMachines(store, size, now);
    await withoutIndexes(store, 'events', () => addRecord(store, size, now));
    // As its autovacuum does when there is time.
    if (store.engine === 'postgres') await run(store, 'VACUUM ANALYZE');
  } finally {
    await store.close();
  }
}

const run = (store: Store, text: string) =>
  store.query({ text, names: [] as readonly string[] } as Statement, {});

/** Builds a table's indexes when it is full, each in one go, which takes a fraction of the time. */
async function withoutIndexes(store: Store, table: string, work: () => Promise<void>): Promise<void> {
  const indexes = (await run(
    store,
    store.engine === 'sqlite'
      ? `SELECT name, sql AS text FROM sqlite_master WHERE type = 'index' AND tbl_name = '${table}' AND sql IS NOT NULL`
      : `SELECT indexname AS name, indexdef AS text FROM pg_indexes
         WHERE tablename = '${table}' AND indexname NOT LIKE '%_pkey'`,
  )) as { name: string; text: string }[];
  for (const { name } of indexes) await run(store, `DROP INDEX ${name}`);
  await work();
  for (const { text } of indexes) await run(store, text);
}

async function addPeople(store: Store, { people, groups }: Size, now: number): Promise<void> {
  const from = now - 365 * day;
  const step = Math.floor((365 * day) / people);
  const [given, family] = [pick(first, 'n'), pick(last, 'n / 7')];
  const search = `' p' || n || ' ' || LOWER(${given}) || ' ' || LOWER(${family}) || ((n % 5000)) || ' p' || n || '@example.com'`;
  await run(
    store,
    `INSERT INTO users (id, login, email, name, search, role, state, created_at, words_kept, last_sign_in_at, has_factor)
     ${counting(people)} SELECT 'person' || n, 'p' || n, 'p' || n || '@example.com',
       ${given} || ' ' || ${family} || ((n % 5000)), ${search},
       CASE WHEN n % 1000 = 0 THEN 'help_desk' ELSE 'user' END, CASE WHEN n % 50 = 0 THEN 'suspended' ELSE 'active' END,
       ${from} + n * CAST(${step} AS BIGINT), 1, CAST(${now} AS BIGINT) - n, ${hasFactor} FROM counting`,
  );
  const hex = (text: string) =>
    store.engine === 'sqlite' ? `LOWER(HEX(${text}))` : `ENCODE(CONVERT_TO(${text}, 'UTF8'), 'hex')`;
  for (const word of [
    `'p' || n`,
    `LOWER(${given})`,
    `LOWER(${family}) || ((n % 5000))`,
    `'p' || n || '@example.com'`,
  ])
    await run(
      store,
      `INSERT INTO user_words (word, user_id) ${counting(people)} SELECT ${hex(word)}, 'person' || n FROM counting`,
    );
  await run(
    store,
    `INSERT INTO user_identifiers (identifier, user_id) ${counting(people)} SELECT 'p' || n, 'person' || n FROM counting`,
  );
  await run(
    store,
    `INSERT INTO authenticators (id, user_id, state, thumbprint, presence_jwk, device, push, created_at, last_seen_at)
     ${counting(people)} SELECT 'phone' || n, 'person' || n, 'active', 'thumbprint' || n, '{}',
       '{"platform":"android","name":"Phone"}', CASE WHEN n % 100 = 1 THEN 'unreachable' ELSE 'ok' END,
       ${from} + n * CAST(${step} AS BIGINT), CAST(${now} AS BIGINT) FROM counting WHERE n % 20 <> 0`,
  );
  await run(
    store,
    `INSERT INTO attempts (key, failures, blocked_until, forget_at)
     ${counting(people)} SELECT 'totp:person' || n, 5,
       CASE WHEN n % 10000 = 1 THEN ${now + day} ELSE 0 END, ${now + day} FROM counting WHERE n % 10 = 1`,
  );
  await run(
    store,
    `INSERT INTO user_groups (id, name, search, created_at)
     ${counting(groups)} SELECT 'g' || (n - 1), 'Group ' || (n - 1), ' group ' || (n - 1), ${from} + n FROM counting`,
  );
  await run(
    store,
    `INSERT INTO group_members (group_id, user_id, added_at, has_factor)
     SELECT 'g0', id, created_at, CASE WHEN state = 'active' THEN has_factor END FROM users`,
  );
  await run(
    store,
    `INSERT INTO group_members (group_id, user_id, added_at, has_factor)
     ${counting(people)} SELECT 'g' || (1 + n % ${groups - 1}), 'person' || n, ${from} + n * CAST(${step} AS BIGINT),
       CASE WHEN n % 50 = 0 THEN NULL ELSE ${hasFactor} END FROM counting`,
  );
  await run(
    store,
    'UPDATE user_groups SET member_count = (SELECT COUNT(*) FROM group_members m WHERE m.group_id = user_groups.id)',
  );
}

/** Fifty hosts in a group of hosts; in the first of these as many accounts as there are hosts. */
async function addMachines(
  store: Store,
  { people, applications, hosts, reports, deliveries }: Size,
  now: number,
): Promise<void> {
  const from = now - 365 * day;
  await run(
    store,
    `INSERT INTO applications (id, kind, name, search, url, created_at)
     ${counting(applications)} SELECT 'a' || n, 'bookmark', 'Application ' || n, ' application ' || n,
       'https://a' || n || '.example.com/', ${from} + n FROM counting`,
  );
  await store.transaction(async (transaction) => {
    for (let n = 0; n < hosts / 50; n += 1)
      await insertHostGroup.run(transaction, {
        id: `hg${n}`,
        name: `Hosts ${n}`,
        search: ` hosts ${n}`,
        for_groups: 0,
        match_login: 1,
        services: JSON.stringify(usualRules),
        outage: 'deny',
        break_glass: null,
        now: from + n,
      });
  });
  await run(
    store,
    `INSERT INTO hosts (id, host_group_id, name, search, state, thumbprint, sealing_jwk, verdict_key, os, agent_version,
       joined_at, last_seen_at)
     ${counting(hosts)} SELECT 'h' || n, 'hg' || ((n - 1) / 50), 'host' || n, ' host' || n,
       CASE WHEN n % 20 = 0 THEN 'revoked' ELSE 'active' END, 'thumbprint' || n, '{}', '', 'Debian GNU/Linux 12', '1.0.0',
       ${from} + n, CAST(${now} AS BIGINT) - n FROM counting`,
  );
  await run(
    store,
    `INSERT INTO host_accounts (id, host_group_id, local_user, user_id, search, created_at)
     ${counting(Math.min(hosts, people))} SELECT 'account' || n, 'hg0', 'u' || n, 'person' || n, ' u' || n || ' p' || n,
       ${from} + n FROM counting`,
  );
  await run(
    store,
    `INSERT INTO app_reports (day, kind, name, platform, app_version, code, count)
     ${counting(reports)} SELECT '20' || (10 + n % 15) || '-' || (10 + n / 15 % 3) || '-' || (10 + n / 45 % 19),
       CASE WHEN n % 2 = 0 THEN 'diagnostic' ELSE 'usage' END, 'counter_' || n, 'android', '1.0.0', '', n FROM counting`,
  );
  await run(
    store,
    `INSERT INTO webhooks (id, url, types, secret, state, created_at)
     VALUES ('w', 'https://w.example.com/', '["*"]', '', 'paused', ${from})`,
  );
  await run(
    store,
    `INSERT INTO webhook_deliveries (id, webhook_id, event_id, type, place, state, created_at)
     ${counting(deliveries)} SELECT 'delivery' || n, 'w', 'event' || n, 'push.approved', n, 'delivered',
       CAST(${now} AS BIGINT) - n FROM counting`,
  );
}

async function addRecord(
  store: Store,
  { people, events, mails, applications }: Size,
  now: number,
): Promise<void> {
  const from = now - 365 * day;
  const step = Math.floor((365 * day) / events);
  // Some at a time, or the one transaction would hold everything.
  const atOnce = 1_000_000;
  for (let done = 0; done < events; done += atOnce) {
    const number = `(n + ${done})`;
    const who = `(${number} * 7919 % ${people} + 1)`;
    await run(
      store,
      `INSERT INTO events (id, at, type, actor_id, actor_login, user_id, user_login, ip, client, authentication_id,
         target_id, details, seal)
       ${counting(Math.min(atOnce, events - done))} SELECT 'event' || ${number}, ${from} + ${number} * CAST(${step} AS BIGINT),
         ${pick(types, number)}, 'person' || ${who}, 'p' || ${who}, 'person' || ${who}, 'p' || ${who},
         '198.51.' || (${number} % 256) || '.' || (${number} / 256 % 256), 'Firefox on Linux', 'authentication' || (${number} / 5),
         CASE WHEN n % 10 = 0 THEN 'a' || (${number} % ${applications} + 1) END, '{}', 0 FROM counting`,
    );
  }
  // Each is sealed by itself.
  const sealing = createSealing(() => [secret]);
  const letter = JSON.stringify({
    text: 'You changed your password.',
    html: '<p>You changed your password.</p>',
  });
  for (let done = 0; done < mails; done += 1_000)
    await store.transaction(async (transaction) => {
      for (let n = done + 1; n <= done + 1_000; n += 1) {
        const id = `mail${n}`;
        const body = sealing.seal(letter, sealed.mailBodies.place(id));
        const row = { id, body, subject: 'You changed your password', recipient: `p${n}@example.com` };
        await insertMail.run(transaction, { ...row, state: 'kept', now: from + n, due: from + n });
      }
    });
}
