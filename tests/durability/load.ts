import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../support/browser.ts';
import { password } from '../support/people.ts';
import type { Ledger, Person } from './ledger.ts';

/** Sign-ins by many people at once, as they come: approved, denied, both at once, signed out again. */

/** A seeded generator (mulberry32), so that a run can be repeated but for the moment of the kill. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface Load extends Disposable {
  /** Resolves when all who sign in have stopped, after the server went away or `stop` was called. */
  done: Promise<void>;
  stop(): void;
}

interface Options {
  workers: number;
  random: () => number;
  /** Where a worker's browser and phone connect to, chosen anew for each sign-in. */
  places: () => { browser: string; phone: string };
  /** A call without an answer ends the worker (the server was killed), or is tried no more (another one goes on). */
  goOn: boolean;
}

export function startLoad(people: Person[], ledger: Ledger, options: Options): Load {
  let running = true;
  const waiting = [...people];
  const worker = async () => {
    while (running) {
      const person = waiting.shift();
      if (!person) return;
      try {
        await signIn(person, ledger, options);
      } catch (error) {
        // What fetch throws where the connection breaks.
        if (!(error instanceof TypeError)) throw error;
        person.uncertain = true;
        if (!options.goOn) return;
        await sleep(20);
      }
      waiting.push(person);
    }
  };
  const done = Promise.all(Array.from({ length: options.workers }, worker)).then(() => {});
  const stop = () => (running = false);
  return { done, stop, [Symbol.dispose]: stop };
}

/** One sign-in. Refusals by a limit end it; anything else that is not expected is an error. */
async function signIn(person: Person, ledger: Ledger, { random, places }: Options): Promise<void> {
  const { browser, phone, login } = person;
  const place = places();
  browser.at = place.browser;
  phone.at = place.phone;
  const begun = await browser.post('/api/v1/authentications', { purpose: 'portal_login', login, password });
  if (!expected(begun, 201, [429, 503])) return;
  const { id } = begun.body as { id: string };
  ledger.add(ledger.begun, id);
  const asked = await browser.post(`/api/v1/authentications/${id}/push`);
  if (!expected(asked, 201, [409, 429, 503])) return;
  ledger.add(ledger.asked, (asked.body.push as { id: string }).id);
  const list = await phone.call('GET', '/requests');
  if (!expected(list, 200, [401, 503])) return;
  const requests = list.body.requests as Parameters<typeof phone.answer>[0][];
  // Those of a sign-in that was cut off wait too, perhaps; this one's may have run out, where the test moved the time.
  // That it is in the store is the checker's question.
  const request = requests.find((each) => each.id === asked.body.push.id);
  if (!request) return;
  const number = (asked.body.push as { number: string | null }).number ?? undefined;
  const dice = random();
  const decisions = dice < 0.6 ? ['approve'] : dice < 0.7 ? ['deny'] : ['approve', 'deny'];
  const answers = await Promise.allSettled(
    decisions.map(async (decision) => {
      const answer = await phone.answer(request, decision as 'approve' | 'deny', { number });
      if (expected(answer, 200, [409, 410, 503])) ledger.addAnswer(request.id, answer.body.state as string);
      return answer;
    }),
  );
  const broken = answers.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
  if (broken) throw broken.reason;
  const completed = await browser.post(`/api/v1/authentications/${id}/complete`);
  if (completed.status === 503) person.uncertain = true;
  if (!expected(completed, 200, [409, 503])) return;
  ledger.add(ledger.completed, id);
  const token = browser.cookies.get('countersign-session')!;
  assert.ok(token, 'a completed sign-in sets the session cookie');
  person.session = { token, ended: false };
  person.uncertain = false;
  if (random() > 0.25) return;
  const ended = await browser.delete('/api/v1/session');
  if (ended.status === 503) person.uncertain = true;
  if (!expected(ended, 204, [503])) return;
  person.session.ended = true;
  ledger.ended.set(token, person);
  ledger.count += 1;
}

function expected(answer: Answer, good: number, refused: number[]): boolean {
  if (answer.status === good) return true;
  assert.ok(refused.includes(answer.status), `${answer.status} ${JSON.stringify(answer.body)}`);
  return false;
}
