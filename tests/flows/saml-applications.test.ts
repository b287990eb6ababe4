import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { templates } from '../../apps/admin/src/applications/templates.ts';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { enrol, refused, signIn } from '../support/people.ts';
import { certify, keys, metadataText } from '../support/saml.ts';
import { certificatesIn, createServiceProvider, readResponse } from '../support/service-provider.ts';

const at = '/api/v1/admin/applications';
const day = 86_400_000; // ms

/** Service providers as administrators register, change and try them. */
forEachEngine((engine) => {
  let server: InProcess;
  let owner: Browser;
  /** Where metadata are fetched from: the operator allows this one origin. */
  let site: Server;
  let origin: string;
  let served: string | Buffer = '';
  let fetches = 0;
  before(async () => {
    site = createServer((request, response) => {
      fetches += 1;
      if (request.url === '/away') response.writeHead(302, { location: `${origin}/` }).end();
      else response.end(served);
    });
    await once(site.listen(0, '127.0.0.1'), 'listening');
    origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    server = await startInProcess(engine, { COUNTERSIGN_FETCH_ALLOW: origin });
    await server.addPerson('boss', { role: 'owner' });
    owner = await administrator('boss');
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    site.close();
  });

  async function administrator(login: string): Promise<Browser> {
    const { browser, phone } = await enrol(server, login);
    await signIn(browser, phone, login, 'admin_login');
    return browser;
  }
  const body = (saml: object, more: object = {}) => ({
    kind: 'saml',
    name: 'Files',
    url: 'https://files.example.com/',
    saml,
    ...more,
  });
  const provider = (parts: Parameters<typeof createServiceProvider>[2] = {}) =>
    createServiceProvider(server.url, server.now, parts);
  async function add(saml: object = {}, sp = provider()) {
    const added = await owner.post(at, body({ metadata: sp.metadata, ...saml }));
    assert.equal(added.status, 201, JSON.stringify(added.body));
    return added.body;
  }
  /** 400 at that member, and only there, with these words. */
  function malformedAt(answer: Awaited<ReturnType<Browser['post']>>, path: string, words: RegExp): void {
    refused(answer, 400, 'malformed');
    assert.deepEqual(
      answer.body.errors?.map((each: { path: string }) => each.path),
      [path],
      JSON.stringify(answer.body).slice(0, 500),
    );
    assert.match(answer.body.errors[0].message, words);
  }

  test('registered by its text, a service provider is shown as it was read, with what was chosen', async () => {
    const sp = provider({ signs: true });
    const added = await add(
      { name_id_format: 'emailAddress', attributes: [{ name: 'mail', source: 'email', name_format: 'uri' }] },
      sp,
    );
    const { certificates, ...saml } = added.saml;
    assert.deepEqual(saml, {
      entity_id: sp.entityId,
      acs_urls: [sp.acsUrl, `${sp.acsUrl}/second`],
      slo_urls: [sp.acsUrl.replace('/acs', '/slo')],
      authn_requests_signed: true,
      valid_until: null,
      problem: null,
      name_id_format: 'emailAddress',
      name_id_source: 'id',
      attributes: [{ name: 'mail', source: 'email', name_format: 'uri' }],
      sign: 'both',
      encrypt: 'none',
      require_signed_requests: false,
      allow_sha1_digests: false,
      idp_initiated: true,
      relay_state: null,
    });
    assert.deepEqual(
      certificates.map(({ use, subject }: Record<string, string>) => [use, subject]),
      [
        ['signing', 'CN=test'],
        ['encryption', 'CN=test'],
      ],
    );
    assert.match(certificates[0].fingerprint, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    assert.deepEqual((await owner.get(`${at}/${added.id}`)).body.saml, added.saml);
  });

  test('members that are left out of a change stay, and a rotated certificate replaces the one before', async () => {
    const sp = provider();
    const { id, saml } = await add({ sign: 'assertion', relay_state: 'home' }, sp);
    const changed = await owner.patch(`${at}/${id}`, { saml: { name_id_format: 'transient' } });
    assert.equal(changed.status, 200);
    assert.deepEqual(changed.body.saml, { ...saml, name_id_format: 'transient' });
    const other = provider({ entityId: sp.entityId, keys: { ...keys, privateKey: rsaKey() } });
    const rotated = await owner.patch(`${at}/${id}`, { saml: { metadata: other.metadata } });
    assert.equal(rotated.status, 200, JSON.stringify(rotated.body));
    assert.equal(rotated.body.saml.relay_state, 'home');
    assert.notEqual(rotated.body.saml.certificates[0].fingerprint, saml.certificates[0].fingerprint);
    const { body: events } = await owner.get('/api/v1/admin/events?q=application.changed&limit=200');
    const mine = events.items.filter((each: any) => each.details.application === id);
    const [{ details }] = mine;
    assert.deepEqual(details.before.saml.certificates, [saml.certificates[0].fingerprint]);
    assert.deepEqual(details.after.saml.certificates, [rotated.body.saml.certificates[0].fingerprint]);
    assert.equal(details.after.saml.entity_id, sp.entityId);
    assert.doesNotMatch(JSON.stringify(mine), /EntityDescriptor|X509/);
  });

  test('half a MiB of metadata is taken, and more is refused', async () => {
    const padded = (characters: number) => {
      const { metadata } = provider();
      return metadata.replace('</md:EntityDescriptor>', '\n'.repeat(characters - metadata.length) + '$&');
    };
    assert.equal((await owner.post(at, body({ metadata: padded(500_000) }))).status, 201);
    refused(await owner.post(at, body({ metadata: padded(524_289) })), 400, 'malformed');
    refused(await owner.post(at, body({ metadata: padded(1_100_000) })), 413, 'too_large');
    // Other calls of administrators have the usual limit.
    refused(await owner.post('/api/v1/admin/groups', { name: 'x'.repeat(70_000) }), 413, 'too_large');
  });

  test('metadata that are broken or hostile are refused with the cause, and nothing is registered', async () => {
    const before = (await owner.get(`${at}?limit=200`)).body.items.length;
    const ended = certify(keys.privateKey, { validTo: server.now() - day });
    const cases: [RegExp, string][] = [
      [/outside of the root element/, 'hello'],
      [/document type/, `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>${metadataText()}`],
      [/deep|levels|nest/i, metadataText({ before: '<md:x>'.repeat(40) + '</md:x>'.repeat(40) })],
      [/at most|too many|more than/, metadataText({ before: '<md:x/>'.repeat(5000) })],
      [/service provider/, metadataText().replaceAll('SPSSODescriptor', 'IDPSSODescriptor')],
      [/EntityDescriptor/, '<html/>'],
      [/No certificate is valid now/, metadataText({ certificates: [ended] })],
      [/certificate/, metadataText({ certificates: ['AAAA'] })],
      [/valid until/, metadataText({ entity: ` validUntil="2001-01-01T00:00:00Z"` })],
      [/AssertionConsumerService/, metadataText({ services: '' })],
      [/javascript/, metadataText().replaceAll('https://sp.example.com/acs"', 'javascript:alert(1)"')],
    ];
    for (const [words, metadata] of cases) {
      malformedAt(await owner.post(at, body({ metadata })), '/saml/metadata', words);
      const read = await owner.post('/api/v1/admin/saml-metadata', { saml: { metadata } });
      malformedAt(read, '/saml/metadata', words);
    }
    malformedAt(await owner.post(at, body({})), '/saml/metadata', /describes/);
    assert.equal((await owner.get(`${at}?limit=200`)).body.items.length, before);
  });

  test('what belongs to one kind is refused with another', async () => {
    const { metadata } = provider();
    const { body: bookmark } = await owner.post(at, { name: 'Wiki', url: 'https://wiki.example.com/' });
    refused(await owner.patch(`${at}/${bookmark.id}`, { saml: { metadata } }), 404, 'not_found');
    malformedAt(await owner.post(at, body({ metadata }, { kind: 'bookmark' })), '/saml', /kind saml/);
    malformedAt(await owner.post(at, { ...body({}), saml: undefined }), '/saml', /kind saml/);
    const { id } = await add();
    const both = { saml: {}, oidc: { redirect_uris: ['https://a.example/'] } };
    refused(await owner.patch(`${at}/${id}`, both), 400, 'malformed');
  });

  test('an entity id is of one application, also for two administrators at once', async () => {
    const one = provider();
    const answers = await Promise.all([1, 2, 3].map(() => owner.post(at, body({ metadata: one.metadata }))));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 400, 400]);
    for (const answer of answers.filter(({ status }) => status === 400))
      malformedAt(answer, '/saml/metadata', /another application/);
    const { id } = await add();
    malformedAt(
      await owner.patch(`${at}/${id}`, { saml: { metadata: one.metadata } }),
      '/saml/metadata',
      /another application/,
    );
  });

  test('encryption wants a certificate with an RSA key in the metadata, whichever of the two changes', async () => {
    const none = metadataText({ entityId: 'https://none.example/' });
    malformedAt(
      await owner.post(at, body({ metadata: none, encrypt: 'aes256-gcm' })),
      '/saml/encrypt',
      /RSA/,
    );
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const elliptic = metadataText({
      entityId: 'https://elliptic.example/',
      certificates: [certify(privateKey, { validFrom: server.now() - day, validTo: server.now() + day })],
    });
    malformedAt(
      await owner.post(at, body({ metadata: elliptic, encrypt: 'aes128-gcm' })),
      '/saml/encrypt',
      /RSA/,
    );
    const plain = await owner.post(at, body({ metadata: elliptic }));
    assert.equal(plain.status, 201, JSON.stringify(plain.body));
    malformedAt(
      await owner.patch(`${at}/${plain.body.id}`, { saml: { encrypt: 'aes256-gcm' } }),
      '/saml/encrypt',
      /RSA/,
    );
    const { id } = await add({ encrypt: 'aes256-gcm' });
    malformedAt(await owner.patch(`${at}/${id}`, { saml: { metadata: none } }), '/saml/encrypt', /RSA/);
    assert.equal(
      (await owner.patch(`${at}/${id}`, { saml: { metadata: none, encrypt: 'none' } })).status,
      200,
    );
  });

  test('attributes that could not be told are refused where they stand', async () => {
    const { id } = await add();
    const cases: [string, RegExp, object[]][] = [
      ['/saml/attributes/0/value', /fixed/, [{ name: 'a', source: 'fixed' }]],
      ['/saml/attributes/0/value', /fixed/, [{ name: 'a', source: 'email', value: 'x' }]],
      [
        '/saml/attributes/1/name',
        /twice/,
        [
          { name: 'a', source: 'email' },
          { name: 'a', source: 'id' },
        ],
      ],
      ['/saml/attributes/0/name', /XML/, [{ name: 'a\u0001', source: 'email' }]],
      ['/saml/attributes/0/value', /XML/, [{ name: 'a', source: 'fixed', value: '\ufffe' }]],
      ['/saml/attributes/0/friendly_name', /XML/, [{ name: 'a', source: 'id', friendly_name: '\u001f' }]],
    ];
    for (const [path, words, attributes] of cases) {
      malformedAt(await owner.patch(`${at}/${id}`, { saml: { attributes } }), path, words);
      const preview = { user_id: 'nobody', saml: { attributes } };
      refused(await owner.post(`${at}/${id}/preview`, preview), 400, 'malformed');
    }
  });

  test('metadata are fetched from where they are, but from no private address and along no redirect', async () => {
    const sp = provider();
    served = sp.metadata;
    fetches = 0;
    for (const metadata_url of [
      'http://127.0.0.1:1/',
      origin.replace('127.0.0.1', 'localhost'),
      'https://169.254.169.254/latest',
      'https://[::1]/',
      'file:///etc/passwd',
      'x',
    ])
      malformedAt(await owner.post(at, body({ metadata_url })), '/saml/metadata_url', /cannot be fetched/);
    assert.equal(fetches, 0);
    malformedAt(await owner.post(at, body({ metadata_url: `${origin}/away` })), '/saml/metadata_url', /302/);
    assert.equal(fetches, 1, 'not followed');
    malformedAt(
      await owner.post(at, body({ metadata: sp.metadata, metadata_url: origin })),
      '/saml/metadata_url',
      /one of them/,
    );
    served = '<html/>';
    malformedAt(
      await owner.post(at, body({ metadata_url: origin })),
      '/saml/metadata_url',
      /EntityDescriptor/,
    );
    served = Buffer.from([0xff]);
    malformedAt(await owner.post(at, body({ metadata_url: origin })), '/saml/metadata_url', /UTF-8/);
    served = sp.metadata + ' '.repeat(300_000);
    malformedAt(await owner.post(at, body({ metadata_url: origin })), '/saml/metadata_url', /too large/);
    served = sp.metadata;
    const read = await owner.post('/api/v1/admin/saml-metadata', { saml: { metadata_url: origin } });
    assert.deepEqual([read.status, read.body.entity_id, read.body.metadata], [200, sp.entityId, sp.metadata]);
    const added = await owner.post(at, body({ metadata_url: origin }));
    assert.deepEqual([added.status, added.body.saml.entity_id], [201, sp.entityId]);
    refused(await owner.post('/api/v1/admin/saml-metadata', { saml: {} }), 400, 'malformed');
  });

  test('the preview says what a person’s application is told, with settings that are not kept', async () => {
    const { id } = await add();
    const { id: user_id } = await server.addPerson('anna');
    const preview = async (saml?: object) => {
      const shown = await owner.post(`${at}/${id}/preview`, { user_id, saml });
      assert.equal(shown.status, 200, JSON.stringify(shown.body));
      return shown.body;
    };
    const format = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
    const kept = await preview();
    assert.deepEqual([kept.name_id.format, kept.attributes], [format, []]);
    assert.deepEqual(await preview(), kept, 'the same each time');
    assert.deepEqual(
      await preview({
        name_id_format: 'unspecified',
        name_id_source: 'login',
        attributes: [
          { name: 'mail', source: 'email' },
          { name: 'groups', source: 'groups' },
          { name: 'Role', source: 'fixed', value: 'reader' },
        ],
      }),
      {
        name_id: { format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified', value: 'anna' },
        attributes: [
          { name: 'mail', values: ['anna@example.com'] },
          { name: 'Role', values: ['reader'] },
        ],
      },
    );
    assert.deepEqual(await preview(), kept, 'nothing was kept');
    malformedAt(await owner.post(`${at}/${id}/preview`, { user_id: 'nobody' }), '/user_id', /nobody/);
    refused(await owner.post(`${at}/nothing/preview`, { user_id }), 404, 'not_found');

    const oidc = { redirect_uris: ['https://a.example/'] };
    const client = await owner.post(at, { kind: 'oidc', name: 'A', url: 'https://a.example/', oidc });
    const { body: claims } = await owner.post(`${at}/${client.body.id}/preview`, { user_id });
    assert.deepEqual(claims, {
      name_id: null,
      attributes: [
        { name: 'sub', values: [user_id] },
        { name: 'name', values: ['Test anna'] },
        { name: 'preferred_username', values: ['anna'] },
        { name: 'email', values: ['anna@example.com'] },
        { name: 'email_verified', values: ['true'] },
        { name: 'groups', values: [] },
      ],
    });
    const bookmark = await owner.post(at, { name: 'Wiki', url: 'https://wiki.example.com/' });
    refused(await owner.post(`${at}/${bookmark.body.id}/preview`, { user_id }), 400, 'malformed');
  });

  test('how sign-ins went is told with the id that the person’s page has, also of what nobody registered', async () => {
    const sp = provider();
    const { id } = await add({}, sp);
    await server.addPerson('berta');
    const { browser } = await enrol(server, 'berta');
    // What goes well is noted while somebody looks.
    assert.deepEqual((await owner.get(`${at}/${id}/attempts`)).body, { items: [] });
    const wrong = sp.redirect({ attributes: ' AssertionConsumerServiceURL="https://attacker.example/"' });
    const page = await browser.get(wrong);
    assert.equal(page.status, 400);
    assert.equal((await browser.get(sp.redirect())).status, 200);
    const { body: attempts } = await owner.get(`${at}/${id}/attempts`);
    assert.deepEqual(
      attempts.items.map(({ outcome, user }: any) => [outcome, user?.login]),
      [
        ['signed_in', 'berta'],
        ['acs_unregistered', 'berta'],
      ],
    );
    assert.match(attempts.items[1].explanation, /attacker\.example/);
    assert.ok(String(page.body).includes(attempts.items[1].request_id));
    const unknown = provider();
    const other = await browser.get(unknown.redirect());
    const { body: nobodys } = await owner.get('/api/v1/admin/application-attempts');
    assert.ok(String(other.body).includes(nobodys.items[0].request_id));
    assert.match(nobodys.items[0].explanation, new RegExp(unknown.entityId));
    refused(await owner.get(`${at}/nothing/attempts`), 404, 'not_found');
  });

  test('the last 20 are kept', async () => {
    const sp = provider();
    const { id } = await add({}, sp);
    const { browser } = await enrol(server, (await server.addPerson('dora')).login);
    for (let n = 0; n < 22; n += 1)
      await browser.get(sp.redirect({ attributes: ` AssertionConsumerServiceURL="https://x${n}.example/"` }));
    const { body } = await owner.get(`${at}/${id}/attempts`);
    assert.equal(body.items.length, 20);
    assert.match(body.items[0].explanation, /x21\.example/);
    assert.match(body.items[19].explanation, /x2\.example/);
  });

  test('one that cannot be read any more says why, hides no other, and is mended by new metadata', async () => {
    const sp = provider();
    const { id } = await add({ name_id_format: 'emailAddress' }, sp);
    const otherSp = provider();
    const { id: other } = await add({}, otherSp);
    const { browser } = await enrol(server, (await server.addPerson('emil')).login);
    const certificates = await certificatesIn(browser);
    await browser.get(sp.redirect());
    const told = readResponse((await browser.get(otherSp.redirect())).body, certificates);
    const text =
      "UPDATE saml_service_providers SET metadata = '<html/>' WHERE application_id = :id RETURNING entity_id";
    assert.equal((await server.store.query({ text, names: ['id'] } as never, { id })).length, 1);
    const { status, body: list } = await owner.get(`${at}?limit=200`);
    assert.equal(status, 200);
    const shown = list.items.find((each: any) => each.id === id).saml;
    assert.match(shown.problem, /EntityDescriptor/);
    assert.deepEqual(
      [shown.entity_id, shown.certificates, shown.name_id_format],
      [sp.entityId, [], 'emailAddress'],
    );
    assert.equal(list.items.find((each: any) => each.id === other).saml.problem, null);
    // What we say of ourselves is still to be had, and whoever comes is told that it cannot go on.
    assert.equal((await owner.get(`/saml/apps/${id}/metadata`)).status, 200);
    assert.equal((await owner.get(`/saml/apps/${id}/start`)).status, 400);
    assert.equal((await owner.get(sp.redirect())).status, 400);
    assert.equal((await owner.get(`${at}/${id}/attempts`)).body.items[0].outcome, 'role_missing');
    const { nameId, sessionIndex } = told.assertion!;
    const leaving = otherSp.logout({ nameId: nameId.value, sessionIndexes: [sessionIndex] });
    const left = await browser.get(leaving);
    assert.match(
      left.headers.get('location') ?? String(left.body),
      /\/slo\?SAMLResponse=/,
      'signed out all the same',
    );
    refused(await browser.get('/api/v1/session'), 401, 'no_session');
    malformedAt(
      await owner.patch(`${at}/${id}`, { saml: { sign: 'response' } }),
      '/saml/metadata',
      /cannot be used/,
    );
    assert.equal(
      (await owner.patch(`${at}/${id}`, { name: 'Papers' })).status,
      200,
      'its name is another matter',
    );
    const mended = await owner.patch(`${at}/${id}`, { saml: { metadata: sp.metadata } });
    assert.deepEqual([mended.status, mended.body.saml.problem], [200, null]);
  });

  test('what the templates of the Admin Portal register is taken', async () => {
    const answers = {
      address: 'https://app.example.com/',
      role: 'arn:aws:iam::123456789012:role/Reader',
      provider: 'arn:aws:iam::123456789012:saml-provider/Countersign',
    };
    for (const { id, make } of templates) {
      const { saml, ...rest } = make(answers);
      // In place of the address, which is of the outside.
      const { metadata_url, ...chosen } = saml ?? {};
      const with_saml = saml ? { saml: { ...chosen, metadata: provider().metadata } } : {};
      const added = await owner.post(at, { ...rest, ...with_saml });
      assert.equal(added.status, 201, `${id}: ${JSON.stringify(added.body)}`);
      assert.equal(metadata_url === undefined, saml === undefined, id);
    }
  });

  test('owners and administrators change them, other administrators look, and people see nothing', async () => {
    const { id } = await add();
    const { metadata } = provider();
    const { id: user_id } = await server.addPerson('carla');
    const looks = (browser: Browser) => [
      browser.get(`${at}/${id}/attempts`),
      browser.get('/api/v1/admin/application-attempts'),
      browser.post(`${at}/${id}/preview`, { user_id }),
    ];
    const changes = (browser: Browser) => [
      browser.post('/api/v1/admin/saml-metadata', { saml: { metadata } }),
      browser.patch(`${at}/${id}`, { saml: { sign: 'both' } }),
      browser.post(at, body({ metadata_url: origin })),
    ];
    fetches = 0;
    for (const role of ['help_desk', 'read_only'] as const) {
      await server.addPerson(`of-${role}`, { role });
      const browser = await administrator(`of-${role}`);
      for (const answer of await Promise.all(looks(browser))) assert.equal(answer.status, 200, role);
      for (const answer of await Promise.all(changes(browser))) refused(answer, 403, 'forbidden');
    }
    const { browser } = await enrol(server, 'carla');
    for (const answer of await Promise.all([...looks(browser), ...changes(browser)]))
      refused(answer, 401, 'no_session');
    assert.equal(fetches, 0, 'nobody makes the server call somewhere');
    const stranger = new Browser(server.url);
    for (const answer of await Promise.all([...looks(stranger), ...changes(stranger)]))
      refused(answer, 401, 'no_session');
  });
});

const rsaKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
