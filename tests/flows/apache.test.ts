import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Statement } from '../../apps/server/src/platform/store/store.ts';
import { findApacheModule, startApache, type Apache } from '../support/apache.ts';
import { Browser, type Answer } from '../support/browser.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { askPush, enrol, refused, signIn } from '../support/people.ts';
import type { Phone } from '../support/phone.ts';
import { createKeys, pemOf } from '../support/saml.ts';

/** Applications that others have written: Apache's modules for SAML and OpenID Connect, from Debian. */

/** A page of the application shows in these headers what it was told. */
const shown = (headers: Record<string, string>) =>
  Object.entries(headers)
    .map(([name, variable]) => `Header always set ${name} "%{${variable}}e"`)
    .join('\n');

let server: InProcess;
let owner: Browser;
before(async () => {
  server = await startInProcess('sqlite');
  await server.addPerson('boss', { role: 'owner' });
  const { browser, phone } = await enrol(server, 'boss');
  await signIn(browser, phone, 'boss', 'admin_login');
  owner = browser;
});
after(() => server[Symbol.asyncDispose]());

let people = 0;
async function person(): Promise<{ login: string; browser: Browser; phone: Phone }> {
  const login = `person${people++}`;
  await server.addPerson(login);
  return { login, ...(await enrol(server, login)) };
}

/** One browser, as far as two sites can tell: each has its cookies. */
function visit(portal: Browser, apache: Apache) {
  const app = new Browser(apache.url);
  const siteOf = (url: string) => (url.startsWith(server.url) ? portal : app);
  /** Goes where it is sent, sends forms on as their script would, and stops at a page, or at the User Portal. */
  return async function go(to: string): Promise<Answer & { url: string }> {
    let [url, form]: [string, Record<string, string> | undefined] = [to, undefined];
    for (let hops = 0; hops < 15; hops++) {
      const site = siteOf(url);
      const path = url.slice(site.url.length) || '/';
      const answer: Answer = form
        ? await site.call('POST', path, new URLSearchParams(form).toString(), {
            'content-type': 'application/x-www-form-urlencoded',
            origin: server.url,
          })
        : await site.get(path);
      form = undefined;
      const location = answer.headers.get('location');
      if (location !== null && answer.status < 400) {
        url = new URL(location, url).href;
        if (url.startsWith(`${server.url}/sso`)) return { ...answer, url };
        continue;
      }
      const sends = /<form[^>]* method="post" action="([^"]*)"/.exec(String(answer.body));
      if (!sends || !String(answer.body).includes('submit()')) return { ...answer, url };
      const plain = (text: string) =>
        text
          .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
          .replaceAll('&quot;', '"')
          .replaceAll('&amp;', '&');
      url = plain(sends[1]!);
      form = Object.fromEntries(
        [...String(answer.body).matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(
          ([, name, value]) => [name!, plain(value!)],
        ),
      );
    }
    throw new Error('goes round in circles');
  };
}

/** Goes on from the portal's page, after a step-up where one is asked for. */
async function goOn(browser: Browser, phone: Phone, portalUrl: string): Promise<string> {
  const interaction = new URL(portalUrl).searchParams.get('interaction')!;
  const { body } = await browser.get(`/api/v1/sso/${interaction}`);
  if (body.state === 'step_up') {
    const begun = await browser.post('/api/v1/authentications', { purpose: 'sso', interaction });
    assert.equal(begun.status, 201, JSON.stringify(begun.body));
    const { push } = await askPush(browser, begun.body.id);
    await phone.answer(await phone.request('sso'), 'approve', { number: push.number ?? undefined });
    assert.equal((await browser.post(`/api/v1/authentications/${begun.body.id}/complete`)).status, 200);
  }
  const continued = await browser.post(`/api/v1/sso/${interaction}/continue`);
  assert.equal(continued.status, 200, JSON.stringify(continued.body));
  return continued.body.url;
}

/** Their sign-in was six minutes ago. */
const passSixMinutes = (login: string) =>
  server.store.query(
    {
      text: 'UPDATE sessions SET auth_time = auth_time - 360000 WHERE user_id = (SELECT id FROM users WHERE login = :login)',
      names: ['login'],
    } as unknown as Statement,
    { login },
  );

/** The whole round with a person who is signed in to nothing, signed in, asked again, and signed out. */
async function wholeRound(
  apache: Apache,
  page: string,
  stepUpPage: string,
  logout: string,
  classOf?: string,
): Promise<void> {
  const { login, browser, phone } = await person();
  const go = visit(browser, apache);
  const why = async (answer: Answer & { url: string }) =>
    `${answer.url} ${answer.status} ${String(answer.body).slice(-800)}\n${await apache.log()}`;
  // Signed in to the portal: at once.
  const first = await go(`${apache.url}${page}`);
  assert.equal(first.status, 200, await why(first));
  assert.equal(first.headers.get('x-user'), `${login}@example.com`);
  if (classOf !== undefined) assert.equal(first.headers.get('x-class'), classOf);
  assert.match(String(first.body), /the page/);
  // What asks for a fresh proof has one.
  await passSixMinutes(login);
  const app = visit(browser, apache);
  const asked = await app(`${apache.url}${stepUpPage}`);
  assert.match(asked.url, /\/sso\?interaction=/, await why(asked));
  const stepped = await app(await goOn(browser, phone, asked.url));
  assert.equal(stepped.status, 200, await why(stepped));
  assert.equal(stepped.headers.get('x-user'), `${login}@example.com`);
  // Signed out there, they are signed out here.
  const out = await go(`${apache.url}${logout}`);
  assert.ok(out.status === 200 && out.url.startsWith(`${apache.url}/bye`), await why(out));
  refused(await browser.get('/api/v1/session'), 401, 'no_session');
  // Signed in to nothing: by the portal.
  const stranger = new Browser(server.url);
  const strange = visit(stranger, apache);
  const sent = await strange(`${apache.url}${page}`);
  assert.match(sent.url, /\/sso\?interaction=/, await why(sent));
  await signIn(stranger, phone, login);
  const back = await strange(await goOn(stranger, phone, sent.url));
  assert.equal(back.status, 200, await why(back));
  assert.equal(back.headers.get('x-user'), `${login}@example.com`);
}

describe(
  'mod_auth_mellon',
  { skip: findApacheModule('auth_mellon') === undefined && 'libapache2-mod-auth-mellon is not installed' },
  () => {
    for (const encrypt of ['none', 'aes256-gcm'] as const) {
      test(`it signs in, steps up and signs out by SAML, ${encrypt === 'none' ? 'signed' : 'signed and encrypted'}`, async () => {
        const keys = createKeys();
        const strong = createKeys();
        const configured = await server.server.app.inject({ url: '/saml/metadata' });
        await using apache = await startApache(
          ['auth_mellon'],
          ['private', 'strong', 'bye'],
          async (url, folder) => {
            await writeFile(join(folder, 'idp.xml'), configured.body);
            const place = async (name: string, { privateKey, certificate }: typeof keys) => {
              await writeFile(
                join(folder, `${name}.key`),
                privateKey.export({ format: 'pem', type: 'pkcs8' }),
              );
              await writeFile(join(folder, `${name}.crt`), pemOf(certificate));
              return `MellonEnable info
            MellonEndpointPath /mellon-${name}
            MellonSPentityId ${url}/${name}
            MellonSPPrivateKeyFile ${folder}/${name}.key
            MellonSPCertFile ${folder}/${name}.crt
            MellonIdPMetadataFile ${folder}/idp.xml
            MellonVariable ${name}
            MellonSecureCookie Off
            MellonSignatureMethod rsa-sha256
            MellonUser mail
            MellonAuthnContextClassRef ${name === 'strong' ? 'https://refeds.org/profile/mfa' : 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'}`;
            };
            const told = shown({ 'X-User': 'MELLON_mail' });
            return `
          <Location /mellon-private>\n${await place('private', keys)}\n</Location>
          <Location /private>\n${await place('private', keys)}\nMellonEnable auth\nAuthType Mellon\nRequire valid-user\n${told}\n</Location>
          <Location /mellon-strong>\n${await place('strong', strong)}\n</Location>
          <Location /strong>\n${await place('strong', strong)}\nMellonEnable auth\nAuthType Mellon\nRequire valid-user\n${told}\n</Location>`;
          },
        );
        for (const [name, step_up] of [
          ['private', false],
          ['strong', true],
        ] as const) {
          const metadata = await (await fetch(`${apache.url}/mellon-${name}/metadata`)).text();
          const added = await owner.post('/api/v1/admin/applications', {
            kind: 'saml',
            name: `Mellon ${name}`,
            url: `${apache.url}/${name}`,
            step_up,
            saml: {
              metadata,
              attributes: [{ name: 'mail', source: 'email' }],
              require_signed_requests: true,
              encrypt,
            },
          });
          assert.equal(added.status, 201, `${JSON.stringify(added.body)} ${metadata}`);
          assert.equal(added.body.saml.authn_requests_signed, true);
        }
        await wholeRound(apache, '/private', '/strong', `/mellon-private/logout?ReturnTo=${apache.url}/bye`);
      });
    }
  },
);

describe(
  'mod_auth_openidc',
  { skip: findApacheModule('auth_openidc') === undefined && 'libapache2-mod-auth-openidc is not installed' },
  () => {
    test('it signs in, steps up and signs out by OpenID Connect', async () => {
      let id = '';
      await using apache = await startApache(['auth_openidc'], ['private', 'strong', 'bye'], async (url) => {
        const added = await owner.post('/api/v1/admin/applications', {
          kind: 'oidc',
          name: 'Wiki',
          url: `${url}/private`,
          oidc: {
            redirect_uris: [`${url}/callback`],
            post_logout_redirect_uris: [`${url}/bye`],
            id_token_signed_response_alg: 'RS256',
          },
        });
        assert.equal(added.status, 201, JSON.stringify(added.body));
        id = added.body.id;
        const guarded = `AuthType openid-connect\nRequire valid-user\n${shown({ 'X-User': 'OIDC_CLAIM_email', 'X-Class': 'OIDC_CLAIM_acr' })}`;
        return `
        # Node's fetch cannot say that it is a person, whom the module sends away to sign in, and no script.
        RequestHeader set Sec-Fetch-Mode navigate early
        OIDCProviderMetadataURL ${server.url}/.well-known/openid-configuration
        OIDCClientID ${added.body.oidc.client_id}
        OIDCClientSecret ${added.body.client_secret}
        OIDCRedirectURI ${url}/callback
        OIDCCryptoPassphrase ${added.body.client_secret}
        OIDCScope "openid profile email"
        OIDCPKCEMethod S256
        OIDCRemoteUserClaim email
        OIDCPassClaimsAs both
        <Location /callback>\n${guarded}\n</Location>
        <Location /private>\n${guarded}\n</Location>
        <Location /strong>\n${guarded}\nOIDCPathAuthRequestParams max_age=60&acr_values=urn:countersign:aal2\n</Location>`;
      });
      assert.notEqual(id, '');
      const bye = encodeURIComponent(`${apache.url}/bye`);
      await wholeRound(apache, '/private', '/strong', `/callback?logout=${bye}`, 'urn:countersign:aal2');
    });
  },
);
