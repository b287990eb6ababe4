import { startMailServer } from '../support/mail-server.ts';
import { startServer } from '../support/server.ts';
import { launchPhone } from './support/phone.ts';
import { setUpWithPhone, signOut } from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** S18: a forgotten password, step by step as in the guide, with real mail. */

test.setTimeout(120_000);

const next = 'a new passphrase of mine';

test('S18: mail, link, new password twice, push to the phone; only then it changes', async ({
  page,
  push,
  browser,
}) => {
  await using mail = await startMailServer();
  await using server = await startServer({
    engine: 'sqlite',
    env: { COUNTERSIGN_FETCH_ALLOW: push.origin, SMTP_URL: mail.url },
  });
  await using phone = await launchPhone({ url: server.url, push });
  await setUpWithPhone(page, server, phone);
  await signOut(page);
  await page.getByRole('link', { name: 'Reset user password' }).click();
  await expectAccessibleInBothSchemes(page);
  await page.getByLabel('Company e-mail address').fill('olga@example.com');
  await page.getByRole('button', { name: 'Send reset request' }).click();
  await expect(page.getByText('a mail with a link is on its way')).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await expect.poll(() => mail.links('/reset').length).toBe(1);

  // The link is opened on another computer.
  const elsewhere = await (await browser.newContext()).newPage();
  await elsewhere.goto(mail.links('/reset')[0]!);
  await expect(elsewhere.getByText('For the account olga.')).toBeVisible();
  expect(elsewhere.url()).not.toContain('token');
  await expectAccessibleInBothSchemes(elsewhere);
  await elsewhere.getByLabel('New password', { exact: true }).fill('password1');
  await elsewhere.getByLabel('New password again').fill('password1');
  await elsewhere.getByRole('button', { name: 'Reset password' }).click();
  await expect(elsewhere.getByText('It is one of the most common passwords.')).toBeVisible();
  await elsewhere.getByLabel('New password', { exact: true }).fill(next);
  await elsewhere.getByLabel('New password again').fill('something else');
  await elsewhere.getByRole('button', { name: 'Reset password' }).click();
  await expect(elsewhere.getByText('The two passwords differ.')).toBeVisible();
  await elsewhere.getByLabel('New password again').fill(next);
  await elsewhere.getByRole('button', { name: 'Reset password' }).click();
  const send = elsewhere.getByRole('button', { name: 'Send password reset request to mobile device' });
  await expect(send).toBeVisible();
  await expectAccessibleInBothSchemes(elsewhere);
  await expect(phone.page.getByText('Resetting your password')).toHaveCount(0);
  await send.click();
  // Nothing is changed while the phone is asked.
  const stillOld = await page.request.post(`${server.url}/api/v1/authentications`, {
    data: { purpose: 'portal_login', login: 'olga', password: next },
    headers: { origin: server.url },
  });
  expect(stillOld.status()).toBe(401);
  const number = (await elsewhere.getByTestId('push-number').textContent())!;
  await expect(phone.page.getByRole('heading', { name: 'Are you signing in?' })).toHaveCount(0);
  await expect(phone.page.getByText('Resetting your password').first()).toBeVisible();
  for (const digit of number) {
    await phone.page.getByRole('button', { name: digit, exact: true }).click();
  }
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(phone.page.getByText('You confirmed that it is you: Resetting your password.')).toBeVisible();
  await phone.page.getByRole('button', { name: 'Back to accounts' }).click();
  await expect(elsewhere.getByText('Your password was changed')).toBeVisible();
  await expectAccessibleInBothSchemes(elsewhere);
  await elsewhere.getByRole('button', { name: 'Go to the sign-in page' }).click();
  await elsewhere.getByLabel('Login name or e-mail address').fill('olga');
  await elsewhere.getByLabel('Password', { exact: true }).fill(next);
  await elsewhere.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(phone.page.getByRole('button', { name: 'Approve' })).toBeVisible();

  // The link was good once.
  const again = await (await browser.newContext()).newPage();
  await again.goto(mail.links('/reset')[0]!);
  await expect(again.getByRole('alert')).toContainText('used');
  await expectAccessibleInBothSchemes(again);
});

test('S18: denied on the phone, the password stays, and the link is spent', async ({
  page,
  push,
  browser,
}) => {
  await using mail = await startMailServer();
  await using server = await startServer({
    engine: 'sqlite',
    env: { COUNTERSIGN_FETCH_ALLOW: push.origin, SMTP_URL: mail.url },
  });
  await using phone = await launchPhone({ url: server.url, push });
  await setUpWithPhone(page, server, phone);
  await signOut(page);
  await page.goto(`${server.url}/reset`);
  await page.getByLabel('Company e-mail address').fill('olga@example.com');
  await page.getByRole('button', { name: 'Send reset request' }).click();
  await expect.poll(() => mail.links('/reset').length).toBe(1);
  await page.goto('about:blank');
  await page.goto(mail.links('/reset')[0]!);
  await page.getByLabel('New password', { exact: true }).fill(next);
  await page.getByLabel('New password again').fill(next);
  await page.getByRole('button', { name: 'Reset password' }).click();
  await page.getByRole('button', { name: 'Send password reset request to mobile device' }).click();
  await phone.page.getByRole('button', { name: 'Deny' }).click();
  await expect(page.getByText('so the password stays as it is')).toBeVisible();
  const again = await (await browser.newContext()).newPage();
  await again.goto(mail.links('/reset')[0]!);
  await expect(again.getByRole('alert')).toBeVisible();
});
