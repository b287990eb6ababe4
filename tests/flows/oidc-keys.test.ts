import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { decodeProtectedHeader } from 'jose';
import * as client from 'openid-client';
import { rotateOidcKey } from '../../apps/server/src/keys/rotate.ts';
import { readEnvironment } from '../../apps/server/src/platform/environment.ts';
import type { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { openidClients } from '../support/openid-clients.ts';
import { enrol, signIn } from '../support/people.ts';

/** The keys of the OpenID provider, and how they change. */
forEachEngine((engine) => {
  let server: InProcess;
  let owner: Browser;
  before(async () => {
    server = await startInProcess(engine);
    await server.addPerson('boss', { role: 'owner' });
    const { browser, phone } = await enrol(server, 'boss');
    await signIn(browser, phone, 'boss', 'admin_login');
    owner = browser;
  });
  after(() => server[Symbol.asyncDispose]());
  const { addClient, ask, follow, redeem } = openidClients(
    () => server,
    () => owner,
  );

  interface Told {
    kid: string;
    alg: string;
  }
  const keysOf = async (url: string): Promise<Told[]> =>
    ((await (await fetch(`${url}/oidc/jwks`)).json()) as { keys: Told[] }).keys;
  const kids = (keys: Told[], alg: string) => keys.filter((key) => key.alg === alg).map(({ kid }) => kid);

  async function person(login: string): Promise<Browser> {
    await server.addPerson(login);
    return (await enrol(server, login)).browser;
  }

  test('keys that change under load fail no sign-in, at none of two processes, by neither algorithm', async () => {
    const { COUNTERSIGN_DATA, DATABASE_URL } = server.env;
    await using other = await startInProcess(engine, {
      COUNTERSIGN_DATA: COUNTERSIGN_DATA!,
      ...(DATABASE_URL ? { DATABASE_URL } : {}),
    });
    const before = await keysOf(server.url);
    assert.deepEqual(await keysOf(other.url), before);
    const browser = await person('fiona');
    let stop = false;
    const load = ['ES256', 'RS256'].map(async (alg) => {
      const { configuration } = await addClient({ id_token_signed_response_alg: alg });
      // A code that comes straight from the provider may go without; whoever looks must find the key.
      client.enableNonRepudiationChecks(configuration);
      const signers = new Set<string>();
      for (let rounds = 0; !stop || rounds < 2; rounds += 1) {
        const asked = await ask(configuration);
        const { id_token } = await redeem(configuration, asked, await follow(browser, asked.url));
        const header = decodeProtectedHeader(id_token!);
        assert.equal(header.alg, alg);
        signers.add(header.kid!);
      }
      return [alg, [...signers]] as const;
    });
    await rotateOidcKey(readEnvironment(server.env));
    for (const { url } of [server, other]) {
      let told = await keysOf(url);
      for (let tries = 0; tries < 100 && told[0]!.kid === before[0]!.kid; tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        told = await keysOf(url);
      }
      for (const alg of ['ES256', 'RS256']) {
        const [current, next] = kids(before, alg);
        const [first, fresh, last, ...more] = kids(told, alg);
        assert.deepEqual([first, last, more], [next, current, []]);
        assert.ok(!kids(before, alg).includes(fresh!));
      }
    }
    // Some more under the new ones.
    await new Promise((resolve) => setTimeout(resolve, 300));
    stop = true;
    for (const [alg, signers] of await Promise.all(load)) assert.deepEqual(signers, kids(before, alg));
    const lines = (await owner.get('/api/v1/admin/events?limit=50')).body.items as {
      type: string;
      details: object;
    }[];
    assert.ok(
      lines.some(
        ({ type, details }) => type === 'keys.rotated' && 'key' in details && details.key === 'oidc',
      ),
    );
  });

  test('the keys before are told as long as a token of theirs is good, also where they change twice; then no longer', async () => {
    const before = await keysOf(server.url);
    await rotateOidcKey(readEnvironment(server.env));
    await rotateOidcKey(readEnvironment(server.env));
    server.advance(2_000);
    const told = kids(await keysOf(server.url), 'ES256');
    for (const kid of kids(before, 'ES256').slice(0, 2)) assert.ok(told.includes(kid));
    server.advance(3 * 3_600_000);
    const later = kids(await keysOf(server.url), 'ES256');
    assert.deepEqual(later, told.slice(0, 2));
  });

  test('no private part of a key is told', async () => {
    const text = JSON.stringify(await keysOf(server.url));
    for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'])
      assert.ok(!text.includes(`"${member}":`), member);
  });
});
