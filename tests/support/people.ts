import assert from 'node:assert/strict';
import { Browser } from './browser.ts';
import { Phone } from './phone.ts';
import type { RunningServer } from './server.ts';

/** People who are signed in, enrolled, and so on: the steps that most flows begin with. */

export const password = 'correct horse battery staple';

type Place = Pick<RunningServer, 'url'> & Partial<Pick<RunningServer, 'cli' | 'at'>> & { now?: () => number };

/** Adds a person by the command line. */
export async function addPerson(server: RunningServer, login: string, role = 'user'): Promise<void> {
  const args = [
    'user',
    'add',
    '--login',
    login,
    '--email',
    `${login}@example.com`,
    '--name',
    `Test ${login}`,
  ];
  const { code, stderr } = await server.cli([...args, '--role', role, '--password-stdin'], password);
  assert.equal(code, 0, stderr);
}

/** Begins a sign-in; the caller goes on from its state. */
export async function begin(browser: Browser, login: string, purpose = 'portal_login') {
  const begun = await browser.post('/api/v1/authentications', { purpose, login, password });
  assert.equal(begun.status, 201, JSON.stringify(begun.body));
  return begun.body;
}

/** Signs in for the first time and enrols a phone, as forced activation does. The browser is then familiar. */
export async function enrol(
  server: Place,
  login: string,
  options?: Parameters<Phone['activate']>[1],
  { browser = new Browser(server.url), phone: name = `Phone of ${login}` } = {},
): Promise<{ browser: Browser; phone: Phone }> {
  const phone = await Phone.create(server.url, name, server.now);
  browser.at = phone.at = server.at ?? server.url;
  const { id, state } = await begin(browser, login);
  assert.equal(state, 'enrollment_required');
  assert.equal((await browser.post(`/api/v1/authentications/${id}/complete`)).status, 200);
  const activation = await browser.post('/api/v1/me/activations');
  assert.equal(activation.status, 201, JSON.stringify(activation.body));
  const activated = await phone.activate(activation.body.code, options);
  assert.equal(activated.status, 201, JSON.stringify(activated.body));
  return { browser, phone };
}

/** Asks for a push and returns what the browser sees of it. */
export async function askPush(browser: Browser, id: string) {
  const asked = await browser.post(`/api/v1/authentications/${id}/push`);
  assert.equal(asked.status, 201, JSON.stringify(asked.body));
  return asked.body;
}

/** A whole sign-in with password and push; `number` is typed where one is shown. */
export async function signIn(
  browser: Browser,
  phone: Phone,
  login: string,
  purpose = 'portal_login',
): Promise<void> {
  const { id } = await begin(browser, login, purpose);
  const { push } = await askPush(browser, id);
  const request = await phone.request(purpose as 'portal_login');
  const answered = await phone.answer(request, 'approve', { number: push.number ?? undefined });
  assert.equal(answered.status, 200, JSON.stringify(answered.body));
  const completed = await browser.post(`/api/v1/authentications/${id}/complete`);
  assert.equal(completed.status, 200, JSON.stringify(completed.body));
}

/** A call was refused: with this status and this stable code. */
export function refused(answer: { status: number; body: unknown }, status: number, code: string): void {
  const { code: said } = answer.body as { code?: unknown };
  assert.deepEqual([answer.status, said], [status, code], JSON.stringify(answer.body));
}

/** A pending request of a sign-in from a familiar browser (a tap) or, in `elsewhere`, from an unfamiliar one (a number). */
export async function pendingRequest(browser: Browser, phone: Phone, login: string) {
  const { id } = await begin(browser, login);
  const { push } = await askPush(browser, id);
  return { id, number: push.number as string | null, request: await phone.request() };
}
