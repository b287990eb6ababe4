import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { PushRequest } from '@countersign/protocol/wire';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { begin, enrol, refused, signIn } from '../support/people.ts';
import { Phone } from '../support/phone.ts';
import { SoftwareVerificationKey } from '../support/verification-key.ts';

const minute = 60_000; // ms

/** A phone hands its account on to a new one: only by its verification key, and only where both approve. */
forEachEngine((engine) => {
  let server: InProcess;
  before(async () => {
    server = await startInProcess(engine);
  });
  after(() => server[Symbol.asyncDispose]());

  const rows = (text: string, parameters: Record<string, string> = {}) =>
    server.store.query({ text, names: Object.keys(parameters) } as never, parameters);
  const mailsTo = async (login: string) =>
    (
      await rows('SELECT subject FROM mails WHERE recipient = :to ORDER BY created_at, id', {
        to: `${login}@example.com`,
      })
    ).map(({ subject }) => subject as string);
  const eventsOf = async (login: string) =>
    (await rows('SELECT type FROM events WHERE user_login = :login ORDER BY at, id', { login })).map(
      ({ type }) => type as string,
    );

  let people = 0;
  /** Somebody with a phone that has a verification key. */
  async function person(options?: Parameters<Phone['register']>[1]) {
    const login = `moving-${(people += 1)}`;
    const user = await server.addPerson(login);
    const { browser, phone: old } = await enrol(server, login, options);
    const { id: oldId } = (await old.call('GET', '/me')).body.authenticator;
    return { login, user, browser, old, oldId: oldId as string };
  }
  /** The same, and a code for the new phone. */
  async function moving(options: Parameters<Phone['transfer']>[0] = {}) {
    const one = await person();
    const begun = await one.old.transfer(options);
    assert.equal(begun.status, 201, JSON.stringify(begun.body));
    const next = await Phone.create(server.url, 'New phone', server.now);
    return { ...one, next, code: begun.body.code as string, begun: begun.body };
  }
  /** The same, and the new phone has registered: both are asked. */
  async function registered(options: Parameters<Phone['transfer']>[0] = {}) {
    const one = await moving(options);
    const answer = await one.next.register(one.code);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    const asOld = await one.old.request('activation');
    const asNew = await one.next.request('activation');
    return { ...one, asOld, asNew };
  }
  const transferOf = async (phone: Phone) => (await phone.call('GET', '/me')).body.transfer;
  const isActive = async (phone: Phone) => {
    const { status, body } = await phone.call('GET', '/me');
    return status === 200 && body.authenticator.state === 'active';
  };
  async function approves(phone: Phone, request: PushRequest) {
    const { status, body } = await phone.answer(request, 'approve');
    assert.deepEqual([status, body.state], [200, 'approved'], JSON.stringify(body));
  }
  /** The old phone goes on as if nothing had been, and the new one's key is dead. */
  async function nothingCameOfIt({ old, next }: { old: Phone; next: Phone }) {
    assert.ok(await isActive(old), 'the old phone stays');
    assert.equal(await transferOf(old), null);
    assert.deepEqual(await old.requests(), []);
    refused(await next.call('GET', '/me'), 401, 'invalid_proof');
  }
  const setSettings = (push: Parameters<InProcess['patchSettings']>[0]['push']) =>
    server.patchSettings({ push });

  test('both approve, in either order: the new phone is in the old one’s place, and the owner is told', async () => {
    for (const first of ['old', 'new'] as const) {
      const { login, browser, old, next, asOld, asNew } = await registered();
      const steps = [() => approves(old, asOld), () => approves(next, asNew)];
      if (first === 'new') steps.reverse();
      await steps[0]!();
      assert.ok((await isActive(old)) && !(await isActive(next)), 'one approval is not enough');
      await steps[1]!();
      assert.ok(await isActive(next));
      refused(await old.call('GET', '/me'), 401, 'invalid_proof');
      const { items } = (await browser.get('/api/v1/me/authenticators')).body;
      assert.deepEqual(
        items.map(({ device }: { device: { name: string } }) => device.name),
        ['New phone'],
      );
      assert.deepEqual((await mailsTo(login)).sort(), [
        'A phone was added to your account',
        'A phone was added to your account',
        'Your phone was replaced',
      ]);
      const types = await eventsOf(login);
      for (const type of ['transfer.begun', 'transfer.completed', 'authenticator.replaced'])
        assert.ok(types.includes(type), type);
      // It works as any phone does.
      const elsewhere = new Browser(server.url);
      await signIn(elsewhere, next, login);
    }
  });

  test('what the old phone is asked: the new device by its name, from where it came, unfamiliar, a tap', async () => {
    const { asOld, asNew, begun, old } = await registered();
    assert.deepEqual(
      [asOld.purpose, asOld.resource, asOld.confirmation, asOld.user_verification, asOld.expires_at],
      [
        'activation',
        { kind: 'authenticator', name: 'New phone', logo_uri: null },
        { kind: 'tap' },
        false,
        begun.expires_at,
      ],
    );
    assert.deepEqual([asOld.context.familiar, asOld.context.ip], [false, '127.0.0.1']);
    assert.equal(asOld.approve_from_notification, false);
    assert.notEqual(asOld.id, asNew.id);
    assert.deepEqual(await transferOf(old), {
      state: 'pending',
      device: 'New phone',
      expires_at: begun.expires_at,
    });
  });

  test('the old phone’s screen follows; it gives the move up, and the code is worth nothing', async () => {
    const one = await moving();
    assert.deepEqual(await transferOf(one.old), { state: 'waiting', expires_at: one.begun.expires_at });
    assert.equal((await one.old.call('DELETE', '/me/transfer')).status, 204);
    assert.equal(await transferOf(one.old), null);
    refused(await one.next.register(one.code), 410, 'activation_expired');
    assert.equal((await one.old.call('DELETE', '/me/transfer')).status, 204, 'again: nothing happens');
    const later = await registered();
    assert.equal((await later.old.call('DELETE', '/me/transfer')).status, 204);
    await nothingCameOfIt(later);
  });

  test('begun only with this phone’s own assertion over the latest options, once, with UV', async () => {
    const { old } = await person();
    const other = await person();
    const failed = async (options: Parameters<Phone['transfer']>[0]) =>
      refused(await old.transfer(options), 403, 'user_verification_failed');
    await failed({ key: other.old.verificationKey });
    await failed({ key: new SoftwareVerificationKey() });
    await failed({ verified: false });
    await failed({ origin: 'https://evil.example' });
    await failed({ challenge: 'AAAAAAAAAAAAAAAAAAAAAA' });
    refused(await old.call('POST', '/me/transfer', { webauthn: {} }), 403, 'user_verification_failed');
    refused(await old.call('POST', '/me/transfer', {}), 400, 'malformed');

    // Another account's options, and options that were overtaken.
    const foreign = (await other.old.call('POST', '/me/transfer/options')).body.webauthn.challenge;
    await failed({ challenge: foreign });
    const stale = (await old.call('POST', '/me/transfer/options')).body.webauthn.challenge;
    await failed({ challenge: stale });

    const { challenge } = (await old.call('POST', '/me/transfer/options')).body.webauthn;
    const webauthn = old.verificationKey!.assert({ rpId: 'localhost', origin: server.url, challenge });
    server.advance(61 * minute);
    old.now = server.now;
    refused(await old.call('POST', '/me/transfer', { webauthn }), 403, 'user_verification_failed');
    const fresh = (await old.call('POST', '/me/transfer/options')).body.webauthn.challenge;
    // A key that does not count, as many do not: only the challenge tells that it comes again.
    old.verificationKey!.counter = -1;
    const good = old.verificationKey!.assert({ rpId: 'localhost', origin: server.url, challenge: fresh });
    assert.equal((await old.call('POST', '/me/transfer', { webauthn: good })).status, 201);
    refused(await old.call('POST', '/me/transfer', { webauthn: good }), 403, 'user_verification_failed');
  });

  test('an assertion over a sign-in’s answer, or for another key, begins nothing', async () => {
    const { old, browser, login } = await person();
    const { id } = await begin(browser, login);
    await browser.post(`/api/v1/authentications/${id}/push`);
    const { webauthn } = await old.answerBody(await old.request(), 'approve');
    refused(await old.call('POST', '/me/transfer', { webauthn }), 403, 'user_verification_failed');
  });

  test('a phone without a verification key cannot hand its account on', async () => {
    const { old } = await person({ verification: false });
    refused(await old.call('POST', '/me/transfer/options'), 403, 'user_verification_required');
    const webauthn = new SoftwareVerificationKey().assert({
      rpId: 'localhost',
      origin: server.url,
      challenge: 'AAAA',
    });
    refused(await old.call('POST', '/me/transfer', { webauthn }), 403, 'user_verification_required');
  });

  test('the old phone’s approval alone, or the new one’s alone, changes nothing until the time is over', async () => {
    for (const side of ['old', 'new'] as const) {
      const one = await registered();
      if (side === 'old') await approves(one.old, one.asOld);
      else await approves(one.next, one.asNew);
      refused(await one.next.call('POST', '/me/test'), 403, 'authenticator_pending');
      server.advance(5 * minute + 1);
      one.old.now = one.next.now = server.now;
      const late =
        side === 'old' ? one.next.answer(one.asNew, 'approve') : one.old.answer(one.asOld, 'approve');
      refused(await late, 410, 'request_expired');
      assert.ok((await isActive(one.old)) && !(await isActive(one.next)));
      assert.equal(await transferOf(one.old), null);
    }
  });

  test('a denial or a report by either ends it, also after the other has approved', async () => {
    for (const decision of ['deny', 'report'] as const) {
      for (const approvedBefore of [false, true]) {
        const byOld = await registered();
        if (approvedBefore) await approves(byOld.next, byOld.asNew);
        assert.equal((await byOld.old.answer(byOld.asOld, decision)).status, 200);
        await nothingCameOfIt(byOld);

        const byNew = await registered();
        if (approvedBefore) await approves(byNew.old, byNew.asOld);
        assert.equal((await byNew.next.answer(byNew.asNew, decision)).status, 200);
        await nothingCameOfIt(byNew);
        const state = (await byNew.old.call('GET', `/requests/${byNew.asOld.id}`)).body.state;
        assert.equal(state, approvedBefore ? 'approved' : 'cancelled');
      }
    }
  });

  test('a report by the old phone pauses unfamiliar browsers and tells the administrators; one by the new one does not', async () => {
    await server.addPerson(`chief-${engine}`, { role: 'owner' });
    const one = await registered();
    const { id } = await begin(new Browser(server.url), one.login);
    assert.ok(id);
    await one.old.answer(one.asOld, 'report');
    assert.ok(
      (await mailsTo(`chief-${engine}`)).includes(`${one.login} reported a new phone that was not theirs`),
    );
    const stranger = new Browser(server.url);
    const attempt = await begin(stranger, one.login);
    refused(await stranger.post(`/api/v1/authentications/${attempt.id}/push`), 423, 'push_locked');
    const other = await registered();
    await other.next.answer(other.asNew, 'report');
    assert.ok(!JSON.stringify(await mailsTo(`chief-${engine}`)).includes(other.login));
  });

  test('nobody else answers: a third phone, and each side for the other', async () => {
    const { old, next, asOld, asNew } = await registered();
    const third = (await person()).old;
    for (const [phone, request] of [
      [third, asOld],
      [third, asNew],
      [next, asOld],
      [old, asNew],
    ] as const) {
      refused(await phone.answer(request, 'approve'), 404, 'request_not_found');
    }
    assert.ok((await isActive(old)) && !(await isActive(next)));
  });

  test('the code is good once, and for 5 minutes', async () => {
    const { next, code } = await moving();
    assert.equal((await next.register(code)).status, 201);
    const thief = await Phone.create(server.url, 'Thief', server.now);
    refused(await thief.register(code), 410, 'activation_used');
    const late = await moving();
    server.advance(5 * minute + 1);
    late.next.now = late.old.now = server.now;
    refused(await late.next.register(late.code), 410, 'activation_expired');
    assert.equal(await transferOf(late.old), null);
  });

  test('six phones with one code at once: one takes it, and the old phone is asked once', async () => {
    const { old, code } = await moving();
    const phones = await Promise.all(
      Array.from({ length: 6 }, () => Phone.create(server.url, 'Racer', server.now)),
    );
    const answers = await Promise.all(phones.map((phone) => phone.register(code)));
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
    assert.equal((await old.requests()).length, 1);
  });

  test('both approvals at the same moment complete it, once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { login, old, next, asOld, asNew } = await registered();
      const answers = await Promise.all([old.answer(asOld, 'approve'), next.answer(asNew, 'approve')]);
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 200],
      );
      assert.ok((await isActive(next)) && !(await isActive(old)));
      const completed = (await eventsOf(login)).filter((type) => type === 'transfer.completed');
      assert.equal(completed.length, 1);
    }
  });

  test('an approval and a denial at the same moment: the denial holds', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { old, next, asOld, asNew } = await registered();
      const [denied, approved] = await Promise.all([
        old.answer(asOld, 'deny'),
        next.answer(asNew, 'approve'),
      ]);
      assert.equal(denied.status, 200);
      assert.ok([200, 409, 401].includes(approved.status), String(approved.status));
      assert.ok((await isActive(old)) && !(await isActive(next)));
    }
  });

  test('the old phone revoked in between: the new one does not take its place, whoever approves', async () => {
    const waiting = await moving();
    assert.equal((await waiting.browser.delete(`/api/v1/me/authenticators/${waiting.oldId}`)).status, 204);
    refused(await waiting.next.register(waiting.code), 410, 'activation_expired');
    for (const approvedBefore of [false, true]) {
      const one = await registered();
      if (approvedBefore) await approves(one.old, one.asOld);
      assert.equal((await one.old.call('DELETE', '/me')).status, 204);
      refused(await one.next.answer(one.asNew, 'approve'), 401, 'invalid_proof');
      assert.equal((await one.browser.get('/api/v1/me/authenticators')).body.items.length, 0);
    }
  });

  test('the new phone removed in the portal while it is pending: the old one’s approval brings it back to nothing', async () => {
    const one = await registered();
    await approves(one.next, one.asNew);
    const { id } = (await one.next.call('GET', '/me')).body.authenticator;
    assert.equal((await one.browser.delete(`/api/v1/me/authenticators/${id}`)).status, 204);
    refused(await one.old.answer(one.asOld, 'approve'), 409, 'request_already_answered');
    assert.equal((await one.old.call('GET', `/requests/${one.asOld.id}`)).body.state, 'cancelled');
    await nothingCameOfIt(one);
  });

  test('a suspended person’s transfer ends, and does not come back with the person', async () => {
    const owner = `boss-${engine}`;
    await server.addPerson(owner, { role: 'owner' });
    const admin = await enrol(server, owner);
    await signIn(admin.browser, admin.phone, owner, 'admin_login');
    for (const make of [moving, registered]) {
      const one = await make();
      const act = (name: string) => admin.browser.post(`/api/v1/admin/users/${one.user.id}/${name}`);
      assert.equal((await act('suspend')).status, 200);
      const during = await one.next.register(one.code);
      assert.ok([404, 410].includes(during.status), String(during.status));
      assert.equal((await act('activate')).status, 200);
      const again = await Phone.create(server.url, 'Again', server.now);
      assert.ok([410].includes((await again.register(one.code)).status));
      await nothingCameOfIt(one);
    }
  });

  test('policy switches it off: nothing begins, and nothing that was begun completes', async () => {
    const waiting = await moving();
    const half = await registered();
    await approves(half.old, half.asOld);
    await setSettings({ transfer: false });
    refused(await waiting.old.call('POST', '/me/transfer/options'), 403, 'transfer_disabled');
    refused(await waiting.old.call('POST', '/me/transfer', { webauthn: {} }), 403, 'transfer_disabled');
    refused(await waiting.next.lookUp(waiting.code), 403, 'transfer_disabled');
    refused(await half.next.answer(half.asNew, 'approve'), 409, 'request_already_answered');
    assert.ok((await isActive(half.old)) && !(await isActive(half.next)));
    // An activation of the portal is another thing.
    assert.equal((await waiting.browser.post('/api/v1/me/activations')).status, 201);
    await setSettings({ transfer: null });
    await setSettings({ enabled: false });
    refused(await half.old.call('POST', '/me/transfer/options'), 403, 'push_disabled');
    await setSettings({ enabled: null });
  });

  test('an activation of the portal and a transfer do not complete each other', async () => {
    const one = await registered();
    const activation = (await one.browser.post('/api/v1/me/activations')).body;
    const third = await Phone.create(server.url, 'Third phone', server.now);
    await third.register(activation.code);
    await approves(one.old, one.asOld);
    assert.ok(!(await isActive(third)), 'the old phone’s approval is for the phone that it was asked about');
    await approves(third, await third.request('activation'));
    assert.ok(await isActive(third));
    // It took the old one's place, and so there is nobody left to hand the account on.
    refused(await one.next.answer(one.asNew, 'approve'), 401, 'invalid_proof');
    assert.ok(!(await isActive(one.next)) && !(await isActive(one.old)));
  });

  test('a newer code ends an older one that nobody has taken, and a newer transfer the phone’s own that is pending', async () => {
    const one = await moving();
    const again = await one.old.transfer();
    assert.equal(again.status, 201);
    refused(await one.next.register(one.code), 410, 'activation_expired');
    assert.equal((await one.next.register(again.body.code)).status, 201);
    assert.equal((await one.old.transfer()).status, 201);
    refused(await one.next.call('GET', '/me'), 401, 'invalid_proof');
    assert.deepEqual(await one.old.requests(), []);
    const fromPortal = await moving();
    assert.equal((await fromPortal.browser.post('/api/v1/me/activations')).status, 201);
    refused(await fromPortal.next.register(fromPortal.code), 410, 'activation_expired');
  });

  test('with more than one phone a person it still replaces exactly the old one', async () => {
    await setSettings({ authenticators_per_user: 3 });
    const { old, browser } = await person();
    const second = await Phone.create(server.url, 'Second phone', server.now);
    await second.activate((await browser.post('/api/v1/me/activations')).body.code);
    const { code } = (await old.transfer()).body;
    const next = await Phone.create(server.url, 'Next phone', server.now);
    await next.register(code);
    await approves(next, await next.request('activation'));
    await approves(old, await old.request('activation'));
    assert.deepEqual(
      [await isActive(old), await isActive(second), await isActive(next)],
      [false, true, true],
    );
    await setSettings({ authenticators_per_user: null });
  });

  test('no browser becomes familiar by it, and no session rises', async () => {
    const familiar = async () => (await rows('SELECT user_id FROM familiar_askers')).length;
    const one = await registered();
    const before = [await familiar(), JSON.stringify(await rows('SELECT id, acr, auth_time FROM sessions'))];
    await approves(one.old, one.asOld);
    await approves(one.next, one.asNew);
    assert.deepEqual(
      [await familiar(), JSON.stringify(await rows('SELECT id, acr, auth_time FROM sessions'))],
      before,
    );
  });

  test('ten an hour and phone; the eleventh waits, and another person’s does not', async () => {
    const { old } = await person();
    for (let n = 0; n < 10; n += 1) assert.equal((await old.transfer()).status, 201);
    const limited = await old.transfer();
    refused(limited, 429, 'too_many_requests');
    assert.ok(Number(limited.headers.get('retry-after')) > 0);
    assert.equal((await (await person()).old.transfer()).status, 201);
    server.advance(61 * minute);
    old.now = server.now;
    assert.equal((await old.transfer()).status, 201);
  });

  test('a pending phone cannot begin one, and where verification is required the new phone needs a key', async () => {
    const { next, code } = await moving();
    await setSettings({ user_verification: 'required' });
    refused(await next.register(code, { verification: false }), 403, 'user_verification_required');
    assert.equal((await next.register(code)).status, 201);
    await setSettings({ user_verification: null });
    refused(await next.transfer(), 403, 'authenticator_pending');
    refused(await next.call('DELETE', '/me/transfer'), 403, 'authenticator_pending');
  });

  test('the backup: for the new phone alone, once both have approved, until it is removed', async () => {
    const backup = 'x'.repeat(48 * 1024);
    const one = await moving({ backup });
    const read = (phone: Phone) => phone.call('GET', '/me/transfer/backup');
    refused(await read(one.old), 404, 'not_found');
    await one.next.register(one.code);
    const stranger = (await person()).old;
    for (const phone of [one.old, stranger]) {
      refused(await read(phone), 404, 'not_found');
      assert.equal((await phone.call('DELETE', '/me/transfer/backup')).status, 204);
    }
    // Whoever saw the QR code has its key, and may have been the one that registered.
    refused(await read(one.next), 403, 'authenticator_pending');
    await approves(one.next, await one.next.request('activation'));
    refused(await read(one.next), 403, 'authenticator_pending');
    refused(await one.next.call('DELETE', '/me/transfer/backup'), 403, 'authenticator_pending');
    await approves(one.old, await one.old.request('activation'));
    assert.equal((await read(one.next)).body.backup, backup, 'active');
    refused(await read(one.old), 401, 'invalid_proof');
    refused(await read(stranger), 404, 'not_found');
    refused(
      await one.next.call('GET', '/me/transfer/backup', undefined, { proof: null }),
      401,
      'invalid_proof',
    );
    assert.equal((await one.next.call('DELETE', '/me/transfer/backup')).status, 204);
    refused(await read(one.next), 404, 'not_found');
  });

  test('the backup goes after an hour, and with a transfer that ends unfinished', async () => {
    const kept = async () =>
      (await rows('SELECT activation_id FROM transfers WHERE backup IS NOT NULL')).length;
    const before = await kept();
    const one = await registered({ backup: 'secret' });
    await approves(one.old, one.asOld);
    await approves(one.next, one.asNew);
    server.advance(60 * minute + 1);
    one.next.now = server.now;
    refused(await one.next.call('GET', '/me/transfer/backup'), 404, 'not_found');

    const denied = await registered({ backup: 'secret' });
    await denied.old.answer(denied.asOld, 'deny');
    const overtaken = await moving({ backup: 'secret' });
    await overtaken.old.transfer();
    const ended = await moving({ backup: 'secret' });
    await ended.browser.post('/api/v1/me/activations');
    assert.equal(await kept(), before + 1, 'only the one that maintenance has yet to take');
  });

  test('a backup of more than 48 KiB, or of anything but plain characters, is refused and begins nothing', async () => {
    const { old } = await person();
    for (const backup of ['x'.repeat(48 * 1024 + 1), '', 'é', 'a\nb']) {
      refused(await old.transfer({ backup }), 400, 'malformed');
    }
    refused(await old.transfer({ backup: 'x'.repeat(65 * 1024) }), 413, 'too_large');
    assert.equal(await transferOf(old), null);
  });
});
