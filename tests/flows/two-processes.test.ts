import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { findPostgres } from '../support/installed.ts';
import { addPerson, askPush, begin, enrol } from '../support/people.ts';
import { startServer, type RunningServer } from '../support/server.ts';
import { sharedPostgres } from '../support/stores.ts';

/** Two server processes on one PostgreSQL: the phone answers at one, the browser waits at the other. */
const skip = findPostgres() === undefined && 'PostgreSQL is not installed';

test('an answer at one process reaches the browser that waits at the other', { skip }, async (context) => {
  const database = { DATABASE_URL: await (await sharedPostgres()).createDatabase() };
  // Both start at once on an empty database: one migrates, the other waits for it.
  const [one, other] = (await Promise.all(
    [1, 2].map(() => startServer({ engine: 'postgres', env: database })),
  )) as [RunningServer, RunningServer];
  context.after(async () => {
    await one[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
  });

  await addPerson(one, 'both');
  const { browser, phone } = await enrol(one, 'both');
  const { id } = await begin(browser, 'both');
  await askPush(browser, id);
  const there = new Browser(other.url);
  for (const [name, value] of browser.cookies) there.cookies.set(name, value);
  const waiting = (async () => {
    for await (const { data } of there.events(`/api/v1/authentications/${id}/events`)) {
      if (data.state === 'ready') return performance.now();
    }
    return undefined;
  })();
  await new Promise((resolve) => setTimeout(resolve, 300));
  await phone.answer(await phone.request(), 'approve');
  const answered = performance.now();
  const told = await waiting;
  // Far below the interval of the poll that would find it out in any case.
  assert.ok(told! - answered < 2_000, `${told! - answered} ms`);
});
