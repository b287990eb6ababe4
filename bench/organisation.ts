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
 * Logins `p1` to `p{people}`, in lower case all in `search`; the n-th in the group `g{n % groups}`, all in `g0`.
 * Spread over the year before `now`; every fiftieth suspended, every thousandth helps at the desk; of a hundred
 * one without a second factor; of twenty 19 with a phone, of which every hundredth is unreachable; every ten thousandth locked.
 */
export async function addOrganisation(env: Record<string, string>, size: Size, now: number): Promise<void> {
  const store = await openStore({ dataFolder: env.COUNTERSIGN_DATA!, databaseUrl: env.DATABASE_URL });
  try {
    await addPeople(store, size, now);
    await addRecord(store, size, now);
    if (store.engine === 'postgres') await run(store, 'ANALYZE');
  } finally {
    await store.close();
  }
}

const run = (store: Store, text: string) =>
  store.query({ text, names: [] as readonly string[] } as Statement, {});

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
  for (const group of [`'g0'`, `'g' || (1 + n % ${groups - 1})`])
    await run(
      store,
      `INSERT INTO group_members (group_id, user_id, added_at, has_factor)
       ${counting(people)} SELECT ${group}, 'person' || n, ${from} + n * CAST(${step} AS BIGINT),
         CASE WHEN n % 50 = 0 THEN NULL ELSE ${hasFactor} END FROM counting`,
    );
}

async function addRecord(store: Store, { people, events, mails }: Size, now: number): Promise<void> {
  const from = now - 365 * day;
  const step = Math.floor((365 * day) / events);
  // Some at a time, or the one transaction would hold everything.
  const atOnce = 1_000_000;
  for (let done = 0; done < events; done += atOnce) {
    const number = `(n + ${done})`;
    const who = `(${number} * 7919 % ${people} + 1)`;
    await run(
      store,
      `INSERT INTO events (id, at, type, actor_id, actor_login, user_id, user_login, ip, client, details, seal)
       ${counting(Math.min(atOnce, events - done))} SELECT 'event' || ${number}, ${from} + ${number} * CAST(${step} AS BIGINT),
         ${pick(types, number)}, 'person' || ${who}, 'p' || ${who}, 'person' || ${who}, 'p' || ${who},
         '198.51.' || (${number} % 256) || '.' || (${number} / 256 % 256), 'Firefox on Linux', '{}', 0 FROM counting`,
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
        await insertMail.run(transaction, { ...row, state: 'kept', due: from + n, now: from + n });
      }
    });
}
