import { addKey, openApp, setUpWithPhone } from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** More: settings, privacy, languages, help. S22 to S24 of the guide. */

test('S22: More leads to Settings and Help, whose articles are there with the server gone', async ({
  server,
  launch,
}) => {
  test.setTimeout(120_000);
  const phone = await launch();
  await openApp(phone);
  await phone.page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
  await server.stop();
  await phone.page.reload();
  await phone.page.getByRole('link', { name: 'More' }).click();
  await phone.page.getByRole('link', { name: /^Help/ }).click();
  await expectAccessibleInBothSchemes(phone.page);
  await phone.page.getByRole('link', { name: 'My phone is lost' }).click();
  await expect(phone.page.getByText('remove the lost phone')).toBeVisible();
  await expectAccessibleInBothSchemes(phone.page);
  await phone.page.getByRole('button', { name: 'Back' }).click();
  await phone.page.getByRole('button', { name: 'Back' }).click();
  await phone.page.getByRole('link', { name: /^Settings/ }).click();
  await phone.page.getByRole('link', { name: /^About/ }).click();
  await expect(phone.page.getByText('0.1.0')).toBeVisible();
  await expectAccessibleInBothSchemes(phone.page);
  for (const name of ['Terms of use', 'Privacy notice', 'Licences']) {
    await phone.page.getByRole('link', { name }).click();
    await expect(phone.page.getByRole('heading', { name, level: 1 })).toBeVisible();
    if (name === 'Licences') await phone.page.getByText(/^react \d/).click();
    await expectAccessibleInBothSchemes(phone.page);
    await phone.page.getByRole('button', { name: 'Back' }).click();
  }
});

test('S23: two switches under Privacy, on by default; what was sent can be read, and nothing is sent when off', async ({
  launch,
}) => {
  test.setTimeout(120_000);
  const phone = await launch();
  const bodies: string[] = [];
  phone.page.on('request', (request) => {
    if (request.url().endsWith('/diagnostics')) bodies.push(request.postData() ?? '');
  });
  await openApp(phone);
  await addKey(phone.page, { issuer: 'Planted name', label: 'planted@example.com', key: 'MFRGGZDFMZTWQ2LK' });
  await expect.poll(() => bodies.join(), { timeout: 30_000 }).toContain('account_added');
  expect(bodies.join()).not.toMatch(/planted|MFRGGZDF|127\.0\.0\.1/i);

  await phone.page.goto('/authenticator/#/settings/privacy');
  const usage = phone.page.getByRole('switch', { name: 'Share usage data' });
  const diagnostics = phone.page.getByRole('switch', { name: 'Share diagnostic data' });
  await expect(usage).toBeChecked();
  await expect(diagnostics).toBeChecked();
  await phone.page
    .getByText(/^Usage data ·/)
    .first()
    .click();
  await expect(phone.page.getByText('"account_added"')).toBeVisible();
  await expectAccessibleInBothSchemes(phone.page);
  await usage.uncheck();
  const before = bodies.length;
  await addKey(phone.page, { issuer: 'Another', key: 'MFRGGZDFMZTWQ2LL' });
  await phone.page.waitForTimeout(12_000);
  expect(bodies.length).toBe(before);
  await phone.page.goto('/authenticator/#/settings/privacy');
  await expect(usage).not.toBeChecked();
});

test('S23: an organisation that sets both off is honoured, and the person’s own choice counts more', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  const answer = await page.evaluate(async () => {
    const response = await fetch('/.well-known/countersign');
    return ((await response.json()) as { telemetry: unknown }).telemetry;
  });
  expect(answer).toEqual({ diagnostics: true, usage: true });
  await phone.page.route('**/.well-known/countersign', async (route) => {
    const response = await route.fetch();
    const discovery = (await response.json()) as object;
    await route.fulfill({ json: { ...discovery, telemetry: { diagnostics: false, usage: false } } });
  });
  await phone.page.goto('/authenticator/#/settings/privacy');
  const told = phone.page.waitForResponse('**/.well-known/countersign');
  await phone.page.reload();
  await told;
  const usage = phone.page.getByRole('switch', { name: 'Share usage data' });
  await expect
    .poll(async () => {
      await phone.page.reload();
      return usage.isChecked();
    })
    .toBe(false);
  await usage.check();
  await phone.page.reload();
  await expect(usage).toBeChecked();
});

test('the device’s language is chosen, another can be, and every screen follows at once', async ({
  launch,
}) => {
  const phone = await launch({ locale: 'de-AT' });
  await phone.page.goto('/authenticator/');
  await expect(phone.page.getByRole('heading', { name: 'Mit einem Tippen bestätigen' })).toBeVisible();
  expect(await phone.page.evaluate(() => document.documentElement.lang)).toBe('de');
  await phone.page.getByRole('button', { name: 'Überspringen' }).click();
  await phone.page.getByRole('button', { name: /Weiter|Nicht jetzt/ }).click();
  await expect(phone.page.getByText('Noch keine Konten')).toBeVisible();
  await phone.page.goto('/authenticator/#/settings');
  await phone.page.getByLabel('Sprache').selectOption({ label: 'English' });
  await expect(phone.page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
  await phone.page.reload();
  await expect(phone.page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
  await phone.page.getByLabel('Language').selectOption({ label: 'As on this device' });
  await expect(phone.page.getByRole('heading', { name: 'Einstellungen', level: 1 })).toBeVisible();
});
