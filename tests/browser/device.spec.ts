import { encode } from 'fast-png';
import { setUpWithPhone } from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** What has no browser, and what has no screen at all: the device grant and CIBA, from the Admin Portal to the tokens. */

test.setTimeout(180_000);

const picture = Buffer.from(encode({ width: 1, height: 1, channels: 1, data: new Uint8Array(1) })).toString(
  'base64',
);
const grants = {
  device: 'urn:ietf:params:oauth:grant-type:device_code',
  ciba: 'urn:openid:params:grant-type:ciba',
};

test('a device signs in by a code that is typed in the portal, and a program by a number that it tells', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  const root = server.setupLink!.replace(/\/setup.*/, '');
  await page.goto(`${root}/admin/`);
  await page.getByLabel('Login name or e-mail address').fill('olga');
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
  await page.getByRole('button', { name: 'Continue' }).click();
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await phone.page.getByRole('button', { name: 'Back to accounts' }).click();
  await page.getByRole('link', { name: 'Applications', exact: true }).click();
  await page.getByRole('link', { name: 'Add application' }).click();
  await page.getByRole('radio', { name: 'OpenID Connect' }).check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Name', { exact: false }).first().fill('Meeting room');
  await page.getByLabel('Address', { exact: false }).first().fill('https://rooms.example.com/');
  await page.getByRole('checkbox', { name: 'In a browser' }).uncheck();
  await page.getByRole('checkbox', { name: 'Stays signed in' }).uncheck();
  await page.getByRole('button', { name: 'Add application' }).click();
  await expect(page.getByText(/no way to begin a sign-in/)).toBeVisible();
  await page.getByRole('checkbox', { name: 'On a device' }).check();
  await page.getByRole('checkbox', { name: /By a push of its own/ }).check();
  await expectAccessibleInBothSchemes(page);
  await page.getByRole('button', { name: 'Add application' }).click();
  await expect(page.getByRole('heading', { name: 'Meeting room is added' })).toBeVisible();
  const fact = async (name: string) =>
    (await page
      .getByRole('button', { name: `Copy: ${name}` })
      .locator('xpath=preceding::code[1]')
      .textContent())!;
  const authorization = `Basic ${btoa(`${await fact('Client ID')}:${await fact('Client secret')}`)}`;
  const call = async (path: string, form: Record<string, string>) => {
    const answer = await fetch(`${root}/oidc/${path}`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams(form),
    });
    return (await answer.json()) as Record<string, string>;
  };

  // The device: its QR code leads to the page with the code filled in, and is compared all the same.
  const shown = await call('device_authorization', { scope: 'openid' });
  await page.goto(shown.verification_uri!);
  await page.getByLabel('Code').fill('bbbb-bbbb');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByText('No device shows this code')).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await page.goto(shown.verification_uri_complete!);
  await expect(page.getByLabel('Code')).toHaveValue(shown.user_code!);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in to Meeting room on a device' })).toBeVisible();
  await expect(page.getByText(shown.user_code!, { exact: true })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await page.getByRole('link', { name: 'Yes, I see it' }).click();
  await expect(page.getByRole('heading', { name: 'The device is signed in' })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  const tokens = await call('token', { grant_type: grants.device, device_code: shown.device_code! });
  expect(tokens.id_token).toBeTruthy();
  const other = await call('device_authorization', { scope: 'openid' });
  await page.goto(other.verification_uri_complete!);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('heading', { name: 'The device is not signed in' })).toBeVisible();

  // The program, whose application has a logo by now: the phone says who asks and why, and wants the number that the program tells.
  await page.goto(`${root}/admin/applications`);
  const status = await page.evaluate(async (png) => {
    const list = await fetch('/api/v1/admin/applications');
    const { items } = (await list.json()) as { items: { id: string }[] };
    const answer = await fetch(`/api/v1/admin/applications/${items[0]!.id}/logo`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ png }),
    });
    return answer.status;
  }, picture);
  expect(status).toBe(200);
  const asked = await call('backchannel', {
    scope: 'openid',
    login_hint: 'olga',
    binding_message: 'Room 4.2, door <b>North</b>',
  });
  await expect(phone.page.getByRole('heading', { name: 'Is it you?' })).toBeVisible();
  await expect(phone.page.getByText('Room 4.2, door <b>North</b>', { exact: true })).toBeVisible();
  await expect(phone.page.getByText('Meeting room', { exact: true })).toBeVisible();
  await expect(phone.page.getByText('No browser of yours asks.')).toBeVisible();
  const logo = phone.page.locator('.asker img');
  await expect(logo).toHaveAttribute('src', /\/applications\/[\w-]+\/logo\?v=\d+$/);
  await expect.poll(() => logo.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  await expectAccessibleInBothSchemes(phone.page);
  for (const digit of asked.number!)
    await phone.page.getByRole('button', { name: digit, exact: true }).click();
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(phone.page.getByRole('button', { name: 'Back to accounts' })).toBeVisible();
  const approved = await call('token', { grant_type: grants.ciba, auth_req_id: asked.auth_req_id! });
  expect(approved.id_token).toBeTruthy();
});
