import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import { encode } from 'fast-png';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { askPush, enrol, refused, signIn } from '../support/people.ts';
import type { Phone } from '../support/phone.ts';

const minute = 60_000; // ms

/** Of a PNG, section 5.3, in latin1. */
function chunk(type: string, data: Buffer): string {
  const content = Buffer.concat([Buffer.from(type), data]);
  const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  crc.writeUInt32BE(crc32(content));
  return Buffer.concat([length, content, crc]).toString('latin1');
}

/** Bookmarks in the launcher: kept by administrators, opened by everybody, with a step-up where one asks for it. */
forEachEngine((engine) => {
  let server: InProcess;
  let owner: Browser;
  before(async () => {
    server = await startInProcess(engine);
    await server.addPerson('olga', { role: 'owner' });
    const enrolled = await enrol(server, 'olga');
    owner = enrolled.browser;
    await signIn(owner, enrolled.phone, 'olga', 'admin_login');
  });
  after(() => server[Symbol.asyncDispose]());

  let people = 0;
  async function person(): Promise<{ login: string; browser: Browser; phone: Phone }> {
    const login = `opener-${(people += 1)}`;
    await server.addPerson(login);
    const { browser, phone } = await enrol(server, login);
    await signIn(browser, phone, login);
    return { login, browser, phone };
  }
  async function bookmark(more: object = {}) {
    const made = await owner.post('/api/v1/admin/applications', {
      name: 'Wiki',
      url: 'https://wiki.example.com/start',
      ...more,
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return made.body;
  }
  const open = (browser: Browser, id: string) => browser.post(`/api/v1/me/applications/${id}/open`);
  const tiles = async (browser: Browser) => (await browser.get('/api/v1/me/applications')).body.items;
  const png = (width = 64, height = 64) =>
    Buffer.from(
      encode({ width, height, channels: 4, data: new Uint8Array(width * height * 4).fill(200) }),
    ).toString('base64');

  test('a bookmark is shown to everybody by its name, and opening it leads there and is remembered', async () => {
    const { id, step_up, logo_uri } = await bookmark({ name: ' Wiki of ours ' });
    assert.deepEqual([step_up, logo_uri], [false, null]);
    const { browser } = await person();
    const tile = (await tiles(browser)).find((each: { id: string }) => each.id === id);
    assert.deepEqual(
      [tile.name, tile.last_used_at, tile.step_up, 'url' in tile],
      ['Wiki of ours', null, false, false],
    );
    const opened = await open(browser, id);
    assert.deepEqual([opened.status, opened.body], [200, { url: 'https://wiki.example.com/start' }]);
    const used = (await tiles(browser)).find((each: { id: string }) => each.id === id);
    assert.notEqual(used.last_used_at, null);
    const other = await person();
    const unused = (await tiles(other.browser)).find((each: { id: string }) => each.id === id);
    assert.equal(unused.last_used_at, null, 'each person’s own');
    refused(await open(browser, 'nothing'), 404, 'not_found');
    refused(await open(new Browser(server.url), id), 401, 'no_session');
  });

  test('changed, searched, paged, taken away; every change is an event', async () => {
    const { id } = await bookmark({ name: 'Payroll of Acme' });
    const path = `/api/v1/admin/applications/${id}`;
    const changed = await owner.patch(path, { name: 'Wages', step_up: true });
    assert.deepEqual([changed.status, changed.body.name, changed.body.step_up], [200, 'Wages', true]);
    assert.equal(changed.body.url, 'https://wiki.example.com/start');
    const found = await owner.get('/api/v1/admin/applications?q=wag');
    assert.deepEqual(
      found.body.items.map((each: { id: string }) => each.id),
      [id],
    );
    assert.equal((await owner.get('/api/v1/admin/applications?q=payroll')).body.items.length, 0);
    const page = (await owner.get('/api/v1/admin/applications?limit=1')).body;
    assert.equal(page.items.length, 1);
    const next = (await owner.get(`/api/v1/admin/applications?limit=1&cursor=${page.next_cursor}`)).body;
    assert.notEqual(next.items[0].id, page.items[0].id);
    assert.equal((await owner.delete(path)).status, 204);
    for (const call of [owner.get(path), owner.delete(path), owner.patch(path, { name: 'x' })]) {
      refused(await call, 404, 'not_found');
    }
    const types = (await owner.get('/api/v1/admin/events?limit=200')).body.items
      .filter(({ details }: { details: { application?: string } }) => details.application === id)
      .map(({ type }: { type: string }) => type);
    assert.deepEqual(types.sort(), ['application.changed', 'application.created', 'application.removed']);
  });

  test('an address is of the web, and has no password in it', async () => {
    const { id, url: first } = await bookmark();
    for (const url of [
      'javascript:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      'https://user:secret@example.com/',
      'https://user@example.com/',
      'wiki.example.com',
      '',
    ]) {
      const answer = await owner.post('/api/v1/admin/applications', { name: 'Bad', url });
      refused(answer, 400, 'malformed');
      refused(await owner.patch(`/api/v1/admin/applications/${id}`, { url }), 400, 'malformed');
    }
    assert.equal((await owner.get(`/api/v1/admin/applications/${id}`)).body.url, first);
    refused(
      await owner.post('/api/v1/admin/applications', { name: ' ', url: 'https://a.b/' }),
      400,
      'malformed',
    );
  });

  test('a logo is decoded and encoded anew; what is no small PNG is refused', async () => {
    const { id } = await bookmark();
    const path = `/api/v1/admin/applications/${id}/logo`;
    const before = Buffer.from(png(), 'base64');
    // A comment, and a script behind the picture: neither is there afterwards.
    const planted = Buffer.concat([before, Buffer.from('<script>alert(1)</script>')]).toString('base64');
    const put = await owner.call('PUT', path, { png: planted });
    assert.equal(put.status, 200, JSON.stringify(put.body));
    const uri = put.body.logo_uri as string;
    assert.ok(uri.startsWith(`${server.url}/applications/${id}/logo?v=`));
    const response = await fetch(uri);
    const served = Buffer.from(await response.arrayBuffer());
    assert.equal(response.headers.get('content-type'), 'image/png');
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    assert.ok(!served.includes('script'));
    assert.equal(served.subarray(1, 4).toString(), 'PNG');
    const { browser } = await person();
    assert.equal((await tiles(browser)).find((each: { id: string }) => each.id === id).logo_uri, uri);
    for (const bad of [
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>').toString('base64'),
      'GIF89a',
      '',
      png(257, 1),
      before.subarray(0, 60).toString('base64'),
      Buffer.from(before.map((byte, i) => (i === 70 ? byte ^ 255 : byte))).toString('base64'),
    ]) {
      refused(await owner.call('PUT', path, { png: bad }), 400, 'malformed');
    }
    // A few kilobytes that unpack to many megabytes are not unpacked.
    const bomb = before
      .toString('latin1')
      .replace(/....IDAT.*(?=....IEND)/s, () => chunk('IDAT', deflateSync(Buffer.alloc(40_000_000))));
    const began = performance.now();
    refused(
      await owner.call('PUT', path, { png: Buffer.from(bomb, 'latin1').toString('base64') }),
      400,
      'malformed',
    );
    assert.ok(performance.now() - began < 1_500, `${performance.now() - began} ms`);
    assert.equal((await owner.call('PUT', path, { png: null })).body.logo_uri, null);
    assert.equal((await fetch(uri)).status, 404);
    refused(await owner.call('PUT', '/api/v1/admin/applications/x/logo', { png: png() }), 404, 'not_found');
  });

  test('only those who change settings change applications', async () => {
    const { browser } = await person();
    refused(
      await browser.post('/api/v1/admin/applications', { name: 'x', url: 'https://a.b/' }),
      401,
      'no_session',
    );
    await server.addPerson('reader', { role: 'read_only' });
    const reader = await enrol(server, 'reader');
    await signIn(reader.browser, reader.phone, 'reader', 'admin_login');
    assert.equal((await reader.browser.get('/api/v1/admin/applications')).status, 200);
    const { id } = await bookmark();
    const path = `/api/v1/admin/applications/${id}`;
    for (const call of [
      reader.browser.post('/api/v1/admin/applications', { name: 'x', url: 'https://a.b/' }),
      reader.browser.patch(path, { name: 'x' }),
      reader.browser.delete(path),
      reader.browser.call('PUT', `${path}/logo`, { png: null }),
    ]) {
      refused(await call, 403, 'forbidden');
    }
  });

  /** Somebody whose sign-in is older than five minutes asks to open what wants a step-up. */
  async function asked() {
    const { id } = await bookmark({ name: 'Payroll', step_up: true });
    const one = await person();
    server.advance(5 * minute + 1);
    one.phone.now = server.now;
    const answer = await open(one.browser, id);
    refused(answer, 403, 'step_up_required');
    assert.equal(answer.body.resource, `application:${id}`);
    const begun = await one.browser.post('/api/v1/authentications', {
      purpose: 'step_up',
      resource: answer.body.resource,
    });
    assert.equal(begun.status, 201, JSON.stringify(begun.body));
    await askPush(one.browser, begun.body.id);
    const request = await one.phone.request('step_up');
    assert.deepEqual([request.resource.kind, request.resource.name], ['application', 'Payroll']);
    return { ...one, id, authentication: begun.body.id as string, request };
  }

  test('S19: approved, it opens; for that application, and for five minutes', async () => {
    const { id, browser, phone, request, authentication } = await asked();
    refused(await open(browser, id), 403, 'step_up_required');
    assert.equal((await phone.answer(request, 'approve')).status, 200);
    refused(await open(browser, id), 403, 'step_up_required');
    const completed = await browser.post(`/api/v1/authentications/${authentication}/complete`);
    assert.deepEqual([completed.status, completed.body.continue], [200, '/']);
    assert.equal((await open(browser, id)).status, 200);
    const other = await bookmark({ name: 'Vault', step_up: true });
    refused(await open(browser, other.id), 403, 'step_up_required');
    refused(await browser.post('/api/v1/me/activations'), 403, 'step_up_required');
    server.advance(5 * minute + 1);
    refused(await open(browser, id), 403, 'step_up_required');
  });

  test('S19: denied, the person is signed out of the portal, and nothing opens', async () => {
    const { id, browser, phone, request, authentication } = await asked();
    assert.equal((await phone.answer(request, 'deny')).status, 200);
    refused(await open(browser, id), 401, 'no_session');
    refused(await browser.get('/api/v1/session'), 401, 'no_session');
    refused(await browser.post(`/api/v1/authentications/${authentication}/complete`), 409, 'not_ready');
  });

  test('a step-up is for an application that there is', async () => {
    const { browser } = await person();
    for (const resource of ['application:nothing', 'application:', 'application:a b', 'application']) {
      refused(
        await browser.post('/api/v1/authentications', { purpose: 'step_up', resource }),
        400,
        'malformed',
      );
    }
  });
});
