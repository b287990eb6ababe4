import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { openidClients } from '../support/openid-clients.ts';
import { addPerson, enrol, signIn } from '../support/people.ts';
import { certificatesIn, createServiceProvider, readResponse } from '../support/service-provider.ts';
import { startServer } from '../support/server.ts';

/** Every key of the server changes by the command line beside it, while people go on signing in to both kinds of application. */
forEachEngine((engine) => {
  test('countersign keys rotate, of every kind, beside a server under load: no sign-in fails', async () => {
    await using server = await startServer({ engine });
    await addPerson(server, 'boss', 'owner');
    const { browser: owner, phone } = await enrol(server, 'boss');
    await signIn(owner, phone, 'boss', 'admin_login');
    const { addClient, ask, follow, redeem } = openidClients(
      () => server,
      () => owner,
    );
    const sp = createServiceProvider(server.url, Date.now, { signs: true });
    const body = { kind: 'saml', name: 'Files', url: 'https://files.example.com/' };
    const added = await owner.post('/api/v1/admin/applications', {
      ...body,
      saml: { metadata: sp.metadata },
    });
    assert.equal(added.status, 201, JSON.stringify(added.body));
    const { configuration } = await addClient();

    // What applications have read before, and read no more.
    const certificates = await certificatesIn(new Browser(server.url));
    const jwks = (await (await fetch(`${server.url}/oidc/jwks`)).json()) as JSONWebKeySet;
    const known = createLocalJWKSet(jwks);
    const signers = { saml: new Set<string>(), oidc: new Set<string>() };
    let stop = false;
    async function bySaml(): Promise<void> {
      const answer = await owner.get(sp.redirect());
      assert.equal(answer.status, 200, String(answer.body));
      const { status, xml } = readResponse(answer.body, certificates);
      assert.deepEqual(status, ['Success']);
      signers.saml.add(/<ds:X509Certificate>([^<]*)</.exec(xml)![1]!);
    }
    async function byOidc(): Promise<void> {
      const asked = await ask(configuration);
      const tokens = await redeem(configuration, asked, await follow(owner, asked.url));
      await jwtVerify(tokens.id_token!, known, { issuer: server.url, algorithms: ['ES256'] });
      signers.oidc.add(decodeProtectedHeader(tokens.id_token!).kid!);
    }
    const load = Promise.all(
      [bySaml, byOidc].map(async (open) => {
        let opened = 0;
        for (; !stop; opened += 1) await open();
        return opened;
      }),
    );
    async function changed(): Promise<void> {
      // The last one: sealing and VAPID, under which all of this is kept.
      for (const args of [['saml'], ['oidc'], []]) {
        const { code, stderr } = await server.cli(['keys', 'rotate', ...args]);
        assert.equal(code, 0, stderr);
      }
      for (const deadline = Date.now() + 20_000; signers.saml.size < 2 || signers.oidc.size < 2;) {
        assert.ok(Date.now() < deadline, 'the next keys were not taken up');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
    // Whatever fails of the load is what this test is about: it ends the wait.
    await Promise.race([load, changed()]);
    stop = true;
    const [saml, oidc] = await load;
    assert.ok(saml! > 5 && oidc! > 5, `${saml} and ${oidc} sign-ins`);
    assert.deepEqual([...signers.saml], certificates.slice(0, 2));
    const kids = jwks.keys.filter(({ alg }) => alg === 'ES256').map(({ kid }) => kid);
    assert.deepEqual([...signers.oidc], kids);
  });
});
