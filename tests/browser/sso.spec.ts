import { startRelyingParty } from '../support/relying-party.ts';
import { startSamlApplication } from '../support/saml-application.ts';
import { secondOwner } from './support/moving.ts';
import { setUpWithPhone, signInWithPassword, signOut } from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** S16, S19: an application of its own, signed in to by the portal and the phone, under the policies of production. */

test.setTimeout(180_000);

test('added in the Admin Portal, an application signs people in by OpenID Connect, steps up, and signs out', async ({
  page,
  server,
  launch,
}) => {
  await using app = await startRelyingParty();
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  const root = server.setupLink!.replace(/\/setup.*/, '/');
  const failed: string[] = [];
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted/.test(message.text())) failed.push(message.text());
  });

  await page.goto('/admin/');
  await page.getByLabel('Login name or e-mail address').fill('olga');
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
  await page.getByRole('button', { name: 'Continue' }).click();
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await phone.page.getByRole('button', { name: 'Back to accounts' }).click();
  await page.getByRole('link', { name: 'Applications', exact: true }).click();
  await page.getByRole('link', { name: 'Add application' }).click();
  await page.getByRole('radio', { name: 'OpenID Connect' }).check();
  await expectAccessibleInBothSchemes(page);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Name', { exact: false }).first().fill('Wiki');
  await page.getByLabel('Address', { exact: false }).first().fill(app.url);
  await page.getByLabel('Redirect URIs').fill('https://wiki.example.com/callback#x');
  await page.getByRole('button', { name: 'Add application' }).click();
  await expect(page.getByText(/It is neither an https address/)).toBeVisible();
  await page.getByLabel('Redirect URIs').fill(app.redirectUri);
  await page.getByLabel('After signing out').fill(app.afterLogout);
  await page.getByRole('button', { name: 'Add application' }).click();
  await expect(page.getByRole('heading', { name: 'Wiki is added' })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  const fact = async (name: string) =>
    (await page
      .getByRole('button', { name: `Copy: ${name}` })
      .locator('xpath=preceding::code[1]')
      .textContent())!;
  const secret = await fact('Client secret');
  await app.connect(await fact('Issuer'), await fact('Client ID'), secret);
  await page
    .getByRole('button', { name: 'I have copied the secret' })
    .or(page.getByRole('link', { name: 'I have copied the secret' }))
    .click();
  await expect(page.getByRole('heading', { name: 'Wiki', level: 1 })).toBeVisible();
  await expect(page.getByText(secret)).toHaveCount(0);

  // Signed in to nothing: the application leads to the portal, the phone, and back.
  await page.goto(root);
  await signOut(page);
  await page.goto(app.url);
  await expect(page.getByRole('heading', { name: 'Sign in to Wiki' })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await signInWithPassword(page, 'olga');
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByRole('heading', { name: 'Signed in' })).toBeVisible();
  await expect(page.getByText('Olga Owner')).toBeVisible();
  await expect(page.getByText('urn:countersign:aal2')).toBeVisible();
  await phone.page.getByRole('button', { name: 'Back to accounts' }).click();

  // One session: the portal's launcher opens it without a question.
  await page.goto(root);
  await page.getByRole('button', { name: /Wiki/ }).click();
  await expect(page.getByRole('heading', { name: 'Signed in' })).toBeVisible();

  // It asks for a fresh proof: Cancel leads back unsigned, Approve signed in.
  await page.goto(`${app.url}/?prompt=login`);
  await expect(page.getByRole('heading', { name: 'Sign in to Wiki' })).toBeVisible();
  await expect(phone.page.getByText('Wiki', { exact: true })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('access_denied')).toBeVisible();
  await phone.page.getByRole('button', { name: 'Back to accounts' }).click();
  await page.goto(`${app.url}/?prompt=login`);
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByRole('heading', { name: 'Signed in' })).toBeVisible();
  await phone.page.getByRole('button', { name: 'Back to accounts' }).click();

  // Signed out by the application: of the portal too.
  await page.goto(`${app.url}/logout`);
  await expect(page.getByRole('heading', { name: 'Goodbye' })).toBeVisible();
  await page.goto(root);
  await expect(page.getByRole('heading', { name: 'Sign in', exact: true })).toBeVisible();

  // Deny on a step-up signs out of the portal.
  await signInWithPassword(page, 'olga');
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await phone.page.getByRole('button', { name: 'Back to accounts' }).click();
  await expect(page.getByRole('heading', { name: 'Hello, Olga Owner' })).toBeVisible();
  await page.goto(`${app.url}/?prompt=login`);
  await phone.page.getByRole('button', { name: 'Deny' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in to Wiki' })).toBeVisible();
  await expect(page.getByLabel('Password', { exact: true })).toBeVisible();
  expect(failed).toEqual([]);
});

test('by SAML an application signs people in, steps up, and signs out, from its side and from the portal', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  const root = server.setupLink!.replace(/\/setup.*/, '');
  await using app = await startSamlApplication(root);
  const failed: string[] = [];
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted/.test(message.text())) failed.push(message.text());
  });
  await page.goto('/admin/');
  await page.getByLabel('Login name or e-mail address').fill('olga');
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
  await page.getByRole('button', { name: 'Continue' }).click();
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await phone.page.getByRole('button', { name: 'Back to accounts' }).click();
  await expect(page.getByRole('link', { name: 'Applications', exact: true })).toBeVisible();
  const body = {
    kind: 'saml',
    name: 'Files',
    url: app.url,
    saml: {
      metadata: app.metadata,
      require_signed_requests: true,
      attributes: [{ name: 'mail', source: 'email' }],
    },
  };
  const added = await page.evaluate(async (json) => {
    const headers = { 'content-type': 'application/json' };
    return (await fetch('/api/v1/admin/applications', { method: 'POST', headers, body: json })).status;
  }, JSON.stringify(body));
  expect(added).toBe(201);

  // Signed in to nothing: the application leads to the portal, the phone, and back.
  await page.goto(`${root}/`);
  await signOut(page);
  await page.goto(app.url);
  await expect(page.getByRole('heading', { name: 'Sign in to Files' })).toBeVisible();
  await signInWithPassword(page, 'olga');
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByRole('heading', { name: 'Signed in' })).toBeVisible();
  await expect(page.getByText('olga@example.com', { exact: true })).toBeVisible();
  await expect(page.getByText('urn:countersign:aal2', { exact: true })).toBeVisible();
  await phone.page.getByRole('button', { name: 'Back to accounts' }).click();

  // One session: the launcher signs in by itself, without a question.
  await page.goto(`${root}/`);
  await page.getByRole('button', { name: /Files/ }).click();
  await expect(page.getByRole('heading', { name: 'Signed in' })).toBeVisible();

  // A fresh proof: Cancel leads back unsigned, Approve signed in.
  await page.getByRole('link', { name: 'Ask for a fresh proof' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in to Files' })).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('Responder, AuthnFailed', { exact: true })).toBeVisible();
  await phone.page.getByRole('button', { name: 'Back to accounts' }).click();
  await page.goto(`${app.url}/?force`);
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByRole('heading', { name: 'Signed in' })).toBeVisible();
  await phone.page.getByRole('button', { name: 'Back to accounts' }).click();

  // Signed out by the application: of the portal too.
  await page.getByRole('link', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Goodbye' })).toBeVisible();
  await page.goto(`${root}/`);
  await expect(page.getByRole('heading', { name: 'Sign in', exact: true })).toBeVisible();

  // Signed out of the portal: of the application too, and back at the portal.
  await page.goto(app.url);
  await signInWithPassword(page, 'olga');
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByRole('heading', { name: 'Signed in' })).toBeVisible();
  await phone.page.getByRole('button', { name: 'Back to accounts' }).click();
  await page.goto(`${root}/`);
  const toldApp = page.waitForRequest((request) => request.url().startsWith(`${app.url}/slo`));
  await signOut(page);
  await toldApp;
  await expect(page.getByRole('heading', { name: 'Sign in', exact: true })).toBeVisible();

  // Deny on a step-up signs out of the portal.
  await page.goto(app.url);
  await signInWithPassword(page, 'olga');
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByRole('heading', { name: 'Signed in' })).toBeVisible();
  await phone.page.getByRole('button', { name: 'Back to accounts' }).click();
  await page.goto(`${app.url}/?force`);
  await phone.page.getByRole('button', { name: 'Deny' }).click();
  await expect(page.getByLabel('Password', { exact: true })).toBeVisible();
  expect(failed).toEqual([]);

  // What nobody registered is a page that says what to do.
  await page.goto(`${root}/saml/sso?SAMLRequest=x`);
  await expect(page.getByRole('heading', { name: 'This cannot go on' })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
});

test('an address that is not registered is answered with a page that says what to do, and an old interaction too', async ({
  page,
  server,
}) => {
  await page.goto(
    server.setupLink!.replace(/\/setup.*/, '/oidc/authorize?client_id=nobody&response_type=code'),
  );
  await expect(page.getByRole('heading', { name: 'This sign-in cannot go on' })).toBeVisible();
  await expect(page.getByText(/tell your administrator this code/)).toBeVisible();
  await expectAccessibleInBothSchemes(page);
});

test('a server that cannot answer just now ends no sign-in: the page says so, and goes on by Try again', async ({
  page,
  server,
}) => {
  const owner = await secondOwner(server);
  await page
    .context()
    .addCookies([...owner.cookies].map(([name, value]) => ({ name, value, url: server.url })));
  await using app = await startRelyingParty();
  const added = await owner.post('/api/v1/admin/applications', {
    kind: 'oidc',
    name: 'Wiki',
    url: app.url,
    oidc: { redirect_uris: [app.redirectUri] },
  });
  await app.connect(server.url, added.body.oidc.client_id, added.body.client_secret);
  const unavailable = { type: 'x', title: 'x', detail: 'The server cannot answer just now.', code: 'x' };
  await page.route('**/api/v1/sso/*', (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      headers: { 'retry-after': '5' },
      body: JSON.stringify({ ...unavailable, status: 503 }),
    }),
  );
  await page.goto(`${app.url}/?prompt=login`);
  await expect(page.getByRole('heading', { name: 'The portal cannot be reached' })).toBeVisible();
  await expect(page.getByText(/cannot answer just now/)).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await page.unroute('**/api/v1/sso/*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in to Wiki' })).toBeVisible();
  // One that is over says that instead.
  await page.goto(`${server.url}/sso?interaction=nothing`);
  await expect(page.getByRole('heading', { name: 'This sign-in is over' })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
});

test('signed out by an application of one kind, a person is signed out of that of the other, and ends where it wanted', async ({
  page,
  server,
}) => {
  const owner = await secondOwner(server);
  await page
    .context()
    .addCookies([...owner.cookies].map(([name, value]) => ({ name, value, url: server.url })));
  const failed: string[] = [];
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted/.test(message.text())) failed.push(message.text());
  });
  await using wiki = await startRelyingParty();
  await using files = await startSamlApplication(server.url);
  const add = async (body: object) => {
    const added = await owner.post('/api/v1/admin/applications', body);
    expect(added.status, JSON.stringify(added.body)).toBe(201);
    return added.body;
  };
  const { oidc, client_secret } = await add({
    kind: 'oidc',
    name: 'Wiki',
    url: wiki.url,
    oidc: { redirect_uris: [wiki.redirectUri], post_logout_redirect_uris: [wiki.afterLogout] },
  });
  await wiki.connect(server.url, oidc.client_id, client_secret);
  await add({ kind: 'saml', name: 'Files', url: files.url, saml: { metadata: files.metadata } });
  for (const app of [wiki, files]) {
    await page.goto(app.url);
    await expect(page.getByRole('heading', { name: 'Signed in' })).toBeVisible();
  }
  const toldFiles = page.waitForRequest((request) => request.url().startsWith(`${files.url}/slo`));
  await page.goto(`${wiki.url}/logout`);
  await toldFiles;
  await expect(page).toHaveURL(wiki.afterLogout);
  await expect(page.getByRole('heading', { name: 'Goodbye' })).toBeVisible();
  for (const app of [files, wiki]) {
    await page.goto(app.url);
    await expect(page.getByLabel('Password', { exact: true })).toBeVisible();
  }
  expect(failed).toEqual([]);
});
