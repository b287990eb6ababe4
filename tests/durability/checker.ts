import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { openStore } from '../../apps/server/src/platform/store/open.ts';
import type { Statement, Store } from '../../apps/server/src/platform/store/store.ts';
import { Browser } from '../support/browser.ts';
import type { RunningServer } from '../support/server.ts';
import type { Ledger, Person } from './ledger.ts';

/**
 * Holds the store against the ledger: every 2xx is there, no request was answered twice, no session stands without
 * the proof that opened it. Reads the database itself, beside the server.
 */

function openBeside(server: Pick<RunningServer, 'env'>): Promise<Store> {
  const { COUNTERSIGN_DATA: dataFolder, DATABASE_URL: databaseUrl } = server.env;
  return openStore({ dataFolder: dataFolder!, databaseUrl });
}

const rowsOf = (store: Store, text: string) =>
  store.query({ text, names: [] as readonly string[] } as Statement, {});

const hash = (token: string) => createHash('sha256').update(token).digest('base64url');

/** Throws an AssertionError that names what is missing or too much. */
export async function check(server: RunningServer, people: Person[], ledger: Ledger): Promise<void> {
  const store = await openBeside(server);
  try {
    await checkRows(store, people, ledger);
  } finally {
    await store.close();
  }
  for (const person of people) await checkSession(server, person);
}

async function checkRows(store: Store, people: Person[], ledger: Ledger): Promise<void> {
  const requests = new Map(
    (await rowsOf(store, 'SELECT id, state, authentication_id FROM push_requests')).map((row) => [
      row.id,
      row,
    ]),
  );
  const authentications = new Map(
    (await rowsOf(store, 'SELECT id, state FROM authentications')).map((row) => [row.id, row.state]),
  );
  const sessions = await rowsOf(store, 'SELECT id, user_id, token_hash, acr FROM sessions');
  const events = (
    await rowsOf(
      store,
      `SELECT type, user_id, details FROM events
       WHERE type IN ('push.approved', 'push.denied', 'push.reported', 'push.wrong_number',
         'authentication.completed', 'activation.completed')`,
    )
  ).map(({ type, user_id, details }) => ({
    type: type as string,
    user: user_id as string,
    details: JSON.parse(details as string) as Record<string, string>,
  }));
  const group = (of: string, by: (event: (typeof events)[number]) => string | undefined) =>
    Map.groupBy(
      events.filter(({ type }) => type === of),
      by,
    );
  const ends = Map.groupBy(
    events.filter(({ type }) => type.startsWith('push.')),
    ({ details }) => details.request,
  );
  const approvals = group('push.approved', ({ details }) => details.authentication);
  const completions = group('authentication.completed', ({ details }) => details.authentication);
  const opened = group('authentication.completed', ({ details }) => details.session);
  const enrolled = group('activation.completed', ({ user }) => user);

  for (const id of ledger.begun)
    assert.ok(authentications.has(id), `authentication ${id} was begun and is gone`);
  for (const id of ledger.asked) assert.ok(requests.has(id), `request ${id} was sent and is gone`);
  for (const [id, states] of ledger.answers) {
    assert.equal(states.length, 1, `request ${id} took several answers: ${states.join()}`);
    assert.equal(requests.get(id)?.state, states[0], `request ${id} was answered`);
  }
  for (const id of ledger.completed) {
    assert.equal(authentications.get(id), 'complete', `authentication ${id} was completed`);
    assert.equal(completions.get(id)?.length, 1, `authentication ${id} was completed once`);
  }

  for (const [id, { state }] of requests) {
    const answered = ends.get(id as string)?.length ?? 0;
    assert.ok(answered <= 1, `request ${id} was answered ${answered} times`);
    const isAnswer = ['approved', 'denied', 'reported', 'failed'].includes(state as string);
    assert.equal(answered, isAnswer ? 1 : 0, `request ${id} is ${state}, with ${answered} events`);
  }
  for (const session of sessions) {
    const opening = opened.get(session.id as string);
    assert.equal(opening?.length, 1, `session ${session.id} was opened ${opening?.length ?? 0} times`);
    const { authentication, enrollment } = opening[0]!.details;
    assert.equal(authentications.get(authentication), 'complete', `session ${session.id}`);
    const proofs =
      enrollment === 'none' ? approvals.get(authentication) : enrolled.get(session.user_id as string);
    assert.equal(proofs?.length, 1, `session ${session.id} (${session.acr}) has its proof`);
  }
  const hashes = new Set(sessions.map(({ token_hash }) => token_hash));
  for (const { login, session, uncertain } of people) {
    if (session && !session.ended && !uncertain)
      assert.ok(hashes.has(hash(session.token)), `${login} is signed in`);
  }
  for (const token of ledger.ended.keys())
    assert.ok(!hashes.has(hash(token)), 'a session that was ended is there');
}

/** The same as a person sees it: signed in is signed in, out is out. */
async function checkSession(server: RunningServer, { login, session, uncertain }: Person): Promise<void> {
  if (!session || uncertain) return;
  const browser = new Browser(server.url);
  browser.at = server.at;
  browser.cookies.set('countersign-session', session.token);
  const { status } = await browser.get('/api/v1/session');
  assert.equal(status, session.ended ? 401 : 200, `the session of ${login}`);
}

/** Moves what limits count into the past, so that the next round may ask again. */
export async function passAnHour(server: Pick<RunningServer, 'env'>): Promise<void> {
  const store = await openBeside(server);
  const hour = 3_600_000;
  await rowsOf(
    store,
    `UPDATE push_requests SET created_at = created_at - ${hour}, expires_at = expires_at - ${hour},
       ended_at = ended_at - ${hour}`,
  );
  await store.close();
}
