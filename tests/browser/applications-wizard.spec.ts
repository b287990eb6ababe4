import type { Page } from '@playwright/test';
import type { Browser } from '../support/browser.ts';
import type { RunningServer } from '../support/server.ts';
import { createServiceProvider, type ServiceProvider } from '../support/service-provider.ts';
import { startRelyingParty } from '../support/relying-party.ts';
import { secondOwner } from './support/moving.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** Applications in the Admin Portal, step by step, until a sign-in to one has worked or says why it does not. */

test.setTimeout(180_000);

/** In the Admin Portal, at the list of applications. */
async function enter(page: Page, server: RunningServer): Promise<Browser> {
  const owner = await secondOwner(server);
  await page
    .context()
    .addCookies([...owner.cookies].map(([name, value]) => ({ name, value, url: server.url })));
  // What is posted to the service provider arrives, as far as the browser sees.
  await page.context().route('https://*.example.com/**', (route) => route.fulfill({ body: 'taken' }));
  await page.goto('/admin/applications');
  return owner;
}

/** Accessible in light and dark, and nothing over the edge of a phone. */
async function demandGoodLook(page: Page): Promise<void> {
  await expectAccessibleInBothSchemes(page);
  const size = page.viewportSize()!;
  await page.setViewportSize({ width: 320, height: 640 });
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await page.setViewportSize(size);
}

async function choose(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name: 'Add application' }).click();
  await expect(page.getByRole('heading', { name: 'Add application' })).toBeFocused();
  await page.getByRole('radio', { name }).check();
  await page.getByRole('button', { name: 'Continue' }).click();
}

const provider = (server: RunningServer, parts = {}): ServiceProvider =>
  createServiceProvider(server.url, Date.now, parts);

test('SAML by text: read, confirmed, told what was chosen, signed in to; and why it fails is said', async ({
  page,
  server,
}) => {
  await enter(page, server);
  const sp = provider(server);
  await page.getByRole('link', { name: 'Add application' }).click();
  await demandGoodLook(page);
  await page.getByRole('radio', { name: 'SAML' }).check();
  await page.keyboard.press('Enter');
  await page.getByLabel('Name', { exact: false }).first().fill('Files');
  await page.getByLabel('Address', { exact: true }).fill('https://files.example.com');
  await page.getByRole('button', { name: 'Add application' }).click();
  await expect(page.getByText('Read the metadata of the application first.')).toBeVisible();
  await page.getByLabel('Address of the metadata').fill('https://127.0.0.1/metadata');
  await page.getByRole('button', { name: 'Read the metadata' }).click();
  await expect(page.getByText(/127\.0\.0\.1 is not public/)).toBeVisible();
  await page.getByRole('radio', { name: 'As text' }).check();
  await page.getByLabel('Text of the metadata').fill('<html/>');
  await page.getByRole('button', { name: 'Read the metadata' }).click();
  await expect(page.getByText(/EntityDescriptor of .* was expected/)).toBeVisible();
  await demandGoodLook(page);
  await page.getByLabel('Text of the metadata').fill(sp.metadata);
  await page.getByRole('button', { name: 'Read the metadata' }).click();
  await expect(page.getByText(sp.entityId, { exact: true })).toBeVisible();
  await expect(page.getByText(sp.acsUrl, { exact: true })).toBeVisible();
  await expect(page.getByText('Certificate for signing and encryption')).toBeVisible();
  await demandGoodLook(page);
  await page.getByRole('button', { name: 'Add application' }).click();

  await expect(page.getByRole('heading', { name: 'Files: what it is told' })).toBeFocused();
  await page.getByLabel('It knows people by (NameID)').selectOption('emailAddress');
  await page.getByRole('button', { name: 'Add an attribute' }).click();
  const first = page.getByRole('group', { name: 'Attribute 1' });
  await first.getByLabel('Name', { exact: true }).fill('uid');
  await first.getByLabel('It tells').selectOption('login');
  await page.getByRole('button', { name: 'Add an attribute' }).click();
  const second = page.getByRole('group', { name: 'Attribute 2' });
  await second.getByLabel('Name', { exact: true }).fill('uid');
  await second.getByLabel('It tells').selectOption('fixed');
  await second.getByLabel('Value').fill('staff');
  await page.getByRole('combobox', { name: 'Person' }).fill('second');
  await page.getByRole('option', { name: /second-owner/ }).click();
  await expect(page.getByText('It is there twice.').first()).toBeVisible();
  await second.getByLabel('Name', { exact: true }).fill('affiliation');
  const told = page.getByRole('status', { name: 'What it is told' });
  await expect(told).toContainText('second-owner@example.com');
  await expect(told).toContainText('affiliation');
  await expect(told).toContainText('staff');
  await page.getByRole('button', { name: 'Advanced' }).click();
  await page.getByLabel('Assertions are encrypted').selectOption('aes256-gcm');
  await demandGoodLook(page);
  await page.getByRole('button', { name: 'Save and continue' }).click();

  await expect(page.getByRole('heading', { name: 'Files is added' })).toBeFocused();
  await expect(page.getByText(`${server.url}/saml/sso`)).toBeVisible();
  await expect(page.getByRole('region', { name: 'Certificate' })).toContainText('BEGIN CERTIFICATE');
  const metadata = page.getByRole('link', { name: 'Download the metadata' });
  const download = await page.request.get((await metadata.getAttribute('href'))!);
  expect(await download.text()).toContain('IDPSSODescriptor');
  await expect(page.getByText('Nobody has tried yet.')).toBeVisible();
  const log = page.getByRole('log');
  const opening = page.context().waitForEvent('page');
  await page.getByRole('link', { name: 'Open Files in another tab' }).click();
  const tab = await opening;
  await expect(tab.getByText('taken')).toBeVisible();
  await expect(log).toContainText('second-owner was signed in.');
  // It asks to be answered elsewhere, and another one asks that nobody registered.
  await tab.goto(sp.redirect({ attributes: ' AssertionConsumerServiceURL="https://old.example.com/acs"' }));
  await expect(log).toContainText('https://old.example.com/acs');
  await expect(log).toContainText('Register the application’s present metadata here');
  const shown = await tab.locator('body').textContent();
  const id = await log.getByText('in the log under').locator('code').last().textContent();
  expect(shown).toContain(id!);
  const unknown = provider(server);
  await tab.goto(unknown.redirect());
  await expect(log).toContainText('An application asked that is not registered.');
  await expect(log).toContainText(unknown.entityId);
  await tab.close();
  await demandGoodLook(page);
  await page
    .getByRole('link', { name: 'Done' })
    .or(page.getByRole('button', { name: 'Done' }))
    .click();
  await expect(page.getByRole('heading', { name: 'Files', level: 1 })).toBeVisible();
  await expect(page.getByRole('log')).toContainText('second-owner was signed in.');
});

test('SAML by file, and its metadata replaced when its certificate changes; one that ends is pointed out', async ({
  page,
  server,
}) => {
  const owner = await enter(page, server);
  const sp = provider(server);
  await choose(page, 'SAML');
  await page.getByLabel('Name', { exact: false }).first().fill('Files');
  await page.getByLabel('Address', { exact: true }).fill('https://files.example.com');
  await page.getByRole('radio', { name: 'From a file' }).check();
  const file = (metadata: string) => ({
    name: 'metadata.xml',
    mimeType: 'application/xml',
    buffer: Buffer.from(metadata),
  });
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose the file' }).click();
  await (await choosing).setFiles(file(sp.metadata));
  await expect(page.getByText(sp.entityId, { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Add application' }).click();
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await page
    .getByRole('link', { name: 'Done' })
    .or(page.getByRole('button', { name: 'Done' }))
    .click();
  await demandGoodLook(page);

  const ending = provider(server, { entityId: sp.entityId, lasting: 10 });
  await page.getByRole('button', { name: 'Replace the metadata' }).click();
  await page.getByRole('radio', { name: 'As text' }).check();
  await page.getByLabel('Text of the metadata').fill(provider(server).metadata);
  await page.getByRole('button', { name: 'Read the metadata' }).click();
  await expect(page.getByText('These are of another entity id.')).toBeVisible();
  await page.getByLabel('Text of the metadata').fill(ending.metadata);
  await page.getByRole('button', { name: 'Read the metadata' }).click();
  await expect(page.getByText('This certificate ends within 30 days.')).toBeVisible();
  await page.getByRole('button', { name: 'Register these' }).click();
  await expect(page.getByText('The metadata were replaced.')).toBeVisible();
  await expect(page.getByText('This certificate ends within 30 days.')).toBeVisible();
  await demandGoodLook(page);
  const { body } = await owner.get('/api/v1/admin/applications');
  expect(body.items[0].saml.acs_urls).toEqual([ending.acsUrl, `${ending.acsUrl}/second`]);
});

test('a template asks for an address only, and says what to type there with the real values', async ({
  page,
  server,
}) => {
  const owner = await enter(page, server);
  await choose(page, 'Grafana');
  await page.getByLabel('Address of Grafana').fill('http://grafana.example.com');
  await page.getByRole('button', { name: 'Add application' }).click();
  await expect(page.getByText('This is no https address.')).toBeVisible();
  await page.getByLabel('Address of Grafana').fill('https://grafana.example.com/');
  await demandGoodLook(page);
  await page.getByRole('button', { name: 'Add application' }).click();
  await expect(page.getByRole('heading', { name: 'Grafana is added' })).toBeFocused();
  const { body } = await owner.get('/api/v1/admin/applications');
  const { oidc } = body.items[0];
  expect(oidc.redirect_uris).toEqual(['https://grafana.example.com/login/generic_oauth']);
  const snippet = page.getByRole('region', { name: 'Step 1' });
  await expect(snippet).toContainText(`client_id = ${oidc.client_id}`);
  await expect(snippet).toContainText(`auth_url = ${server.url}/oidc/authorize`);
  await expect(snippet).toContainText('root_url = https://grafana.example.com/');
  await expect(snippet).toContainText(/client_secret = [\w-]{20,}/);
  await demandGoodLook(page);
  await page
    .getByRole('button', { name: 'I have copied the secret' })
    .or(page.getByRole('link', { name: 'I have copied the secret' }))
    .click();
  await page.getByRole('combobox', { name: 'Person' }).fill('second');
  await page.getByRole('option', { name: /second-owner/ }).click();
  await expect(page.getByRole('status', { name: 'What it is told' })).toContainText('preferred_username');
  await demandGoodLook(page);
});

test('OpenID Connect: a sign-in fails, the page and the wizard say why under one code, and mended it works', async ({
  page,
  server,
}) => {
  await enter(page, server);
  await using app = await startRelyingParty();
  await choose(page, 'OpenID Connect');
  await page.getByLabel('Name', { exact: false }).first().fill('Wiki');
  await page.getByLabel('Address', { exact: false }).first().fill(app.url);
  await page.getByLabel('Redirect URIs').fill(`${app.url}/elsewhere`);
  await page.getByRole('button', { name: 'Add application' }).click();
  await expect(page.getByRole('heading', { name: 'Wiki is added' })).toBeFocused();
  const fact = async (name: string) =>
    (await page
      .getByRole('button', { name: `Copy: ${name}` })
      .locator('xpath=preceding::code[1]')
      .textContent())!;
  const [issuer, id] = [await fact('Issuer'), await fact('Client ID')];
  await app.connect(issuer, id, 'not the secret');
  const log = page.getByRole('log');
  const opening = page.context().waitForEvent('page');
  await page.getByRole('link', { name: 'Open Wiki in another tab' }).click();
  const tab = await opening;
  await expect(tab.getByText('Beginning anew does not help')).toBeVisible();
  const code = (await tab.locator('code').textContent())!;
  await expect(log).toContainText(`“${app.redirectUri}”; registered: “${app.url}/elsewhere”`);
  await expect(log).toContainText(code);
  await expectAccessibleInBothSchemes(tab);
  await demandGoodLook(page);

  // Mended here, it fails at the next step; mended there, it works.
  const secret = await fact('Client secret');
  await page.getByRole('link', { name: 'I have copied the secret' }).click();
  await page.getByLabel('Redirect URIs').fill(app.redirectUri);
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('The application was saved.')).toBeVisible();
  await tab.goto(app.url);
  await expect(log).toContainText('invalid_client');
  await expect(log).toContainText('Copy the client ID and the secret');
  await app.connect(issuer, id, secret);
  await tab.goto(app.url);
  await expect(tab.getByRole('heading', { name: 'Signed in' })).toBeVisible();
  await expect(tab.getByText('The ID token as it came')).toBeVisible();
  await expect(log).toContainText('second-owner was signed in.');
  await demandGoodLook(page);
});

test('the list says what each application is, for whom, and whose certificate is about to end', async ({
  page,
  server,
}) => {
  const owner = await enter(page, server);
  const group = await owner.post('/api/v1/admin/groups', { name: 'Finance' });
  const add = async (body: object) => {
    const answer = await owner.post('/api/v1/admin/applications', {
      url: 'https://app.example.com/',
      ...body,
    });
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  };
  await add({ kind: 'bookmark', name: 'Lunch' });
  await add({ kind: 'saml', name: 'Files', saml: { metadata: provider(server, { lasting: 5 }).metadata } });
  await add({ kind: 'saml', name: 'Post', saml: { metadata: provider(server).metadata } });
  await add({
    kind: 'oidc',
    name: 'Ledger',
    oidc: { redirect_uris: ['https://app.example.com/callback'] },
    access: 'groups',
    group_ids: [group.body.id],
  });
  await page.reload();
  const row = (name: string) => page.getByRole('row', { name: new RegExp(name) });
  await expect(row('Lunch')).toContainText('Bookmark');
  await expect(row('Ledger')).toContainText('OpenID Connect');
  await expect(row('Ledger')).toContainText('Finance');
  await expect(row('Files')).toContainText('Certificate ends soon');
  await expect(row('Post')).not.toContainText('Certificate');
  await demandGoodLook(page);
});
