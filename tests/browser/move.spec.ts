import { addCode, beginMove, codesOf, openAccount, takeMove } from './support/moving.ts';
import { openApp, setUpWithPhone, signInWithPassword, signOut } from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** Moving an account, and the codes of other services with it, to a new phone. */

test.setTimeout(300_000);

test('the new phone takes over after the old one approved, and the codes come along', async ({
  page,
  server,
  launch,
}) => {
  const old = await launch();
  await setUpWithPhone(page, server, old);
  await addCode(old, 'Bank', 'JBSWY3DPEHPK3PXP');
  await addCode(old, 'Shop', 'GEZDGNBVGY3TQOJQ');
  await openAccount(old.page);
  await old.page.getByRole('link', { name: 'Move to a new phone' }).click();
  await expect(old.page.getByLabel('Bring my 2 codes along')).toBeChecked();
  await expectAccessibleInBothSchemes(old.page);
  const sent: string[] = [];
  old.page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
  await old.page.getByRole('button', { name: 'Show the QR code' }).click();
  await expect(old.page.getByRole('img', { name: 'QR code that moves this account' })).toBeVisible();
  await expect(old.page.getByText(/^[45]:\d\d left$/)).toBeVisible();
  await expectAccessibleInBothSchemes(old.page);

  const next = await launch();
  next.page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
  await openApp(next);
  // One of them is here already: it is not to be here twice.
  await addCode(next, 'My bank', 'JBSWY3DPEHPK3PXP');
  let seenKey: string | undefined;
  next.page.on('framenavigated', (frame) => (seenKey ??= /[&?]key=([A-Z2-7]+)/.exec(frame.url())?.[1]));
  await takeMove(old, next, 'New phone');
  await expect(next.page.getByRole('heading', { name: 'Now approve on your old phone' })).toBeVisible();
  await expectAccessibleInBothSchemes(next.page);
  expect(seenKey, 'the key is in no address').toBeUndefined();

  // It opens by itself, and nothing but the person answers it, though this phone was enrolled a moment ago.
  await expect(old.page.getByRole('heading', { name: 'Hand over to another phone?' })).toBeVisible();
  await expect(old.page.getByText('Another phone takes over.')).toBeVisible();
  await old.page.waitForTimeout(3_000);
  await expect(old.page.getByRole('button', { name: 'Approve' })).toBeEnabled();
  await expect(next.page.getByRole('heading', { name: 'Now approve on your old phone' })).toBeVisible();
  await expectAccessibleInBothSchemes(old.page);
  await old.page.getByRole('button', { name: 'Approve' }).click();

  await expect(next.page.getByRole('heading', { name: 'This phone has taken over' })).toBeVisible();
  await expect(next.page.getByText('2 codes came along.')).toBeVisible();
  await expectAccessibleInBothSchemes(next.page);
  expect(await codesOf(next.page)).toEqual(['My bank', 'Shop']);
  await old.page.getByRole('button', { name: 'See the move' }).click();
  await expect(old.page.getByRole('heading', { name: '“New phone” has taken over' })).toBeVisible();
  await expectAccessibleInBothSchemes(old.page);
  await old.page.getByRole('button', { name: 'See the account' }).click();
  await expect(old.page.getByText('The server no longer accepts this device')).toBeVisible();
  expect(await codesOf(old.page), 'they stay on the old phone').toEqual(['Bank', 'Shop']);

  // The key that opens the codes was 26 characters in the QR code, and in nothing that was sent.
  expect(sent.join('\n')).not.toMatch(/(?<![A-Z2-7])[A-Z2-7]{26}(?![A-Z2-7])/);
  expect(server.output()).not.toContain('key=');
  await next.page.getByRole('button', { name: 'Done' }).click();
  await signOut(page);
  await signInWithPassword(page, 'olga');
  await next.page.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByRole('heading', { name: 'Hello, Olga Owner' })).toBeVisible();
});

test('denied on the old phone: nothing is moved, and both phones say so', async ({
  page,
  server,
  launch,
}) => {
  const old = await launch();
  await setUpWithPhone(page, server, old);
  await beginMove(old.page);
  const next = await launch();
  await openApp(next);
  await takeMove(old, next, 'New phone');
  // A phone that was denied before it knew that it had to wait says only that its set-up was ended.
  await expect(next.page.getByRole('heading', { name: 'Now approve on your old phone' })).toBeVisible();
  await old.page.getByRole('button', { name: 'Deny' }).click();
  await expect(old.page.getByText('Nothing was moved. This phone goes on as before.')).toBeVisible();
  await expect(next.page.getByText('The old phone did not approve it')).toBeVisible();
  await expectAccessibleInBothSchemes(next.page);
  await next.page.goto('/authenticator/#/');
  await expect(next.page.getByText('No accounts yet')).toBeVisible();
  await openAccount(old.page);
  await expect(old.page.getByRole('button', { name: 'Send a test' })).toBeVisible();
});

test('the new phone is closed in the middle: it finishes when it is opened again', async ({
  page,
  server,
  launch,
}) => {
  const old = await launch();
  await setUpWithPhone(page, server, old);
  await addCode(old, 'Bank', 'JBSWY3DPEHPK3PXP');
  await beginMove(old.page);
  const next = await launch();
  await openApp(next);
  await takeMove(old, next, 'New phone');
  await expect(next.page.getByRole('heading', { name: 'Now approve on your old phone' })).toBeVisible();
  await next.page.goto('about:blank');
  await old.page.getByRole('button', { name: 'Approve' }).click();
  await old.page.getByRole('button', { name: 'See the move' }).click();
  await expect(old.page.getByRole('heading', { name: '“New phone” has taken over' })).toBeVisible();
  await next.page.goto('/authenticator/');
  await expect(next.page.getByText('Acme: One code came along.')).toBeVisible();
  await expectAccessibleInBothSchemes(next.page);
  expect(await codesOf(next.page)).toEqual(['Bank']);
  await next.page.getByRole('button', { name: 'I understand' }).click();
  await next.page.reload();
  await expect(next.page.getByText('Push is on')).toBeVisible();
  await expect(next.page.getByText('came along')).toHaveCount(0);
});

test('waiting for the old phone outlives a reload; stopping there ends it here', async ({
  page,
  server,
  launch,
}) => {
  const old = await launch();
  await setUpWithPhone(page, server, old);
  await beginMove(old.page);
  const next = await launch();
  await openApp(next);
  await takeMove(old, next, 'New phone');
  await expect(next.page.getByRole('heading', { name: 'Now approve on your old phone' })).toBeVisible();
  await next.page.goto('/authenticator/#/');
  await next.page.reload();
  await expect(next.page.getByText('Waits for your old phone')).toBeVisible();
  await openAccount(old.page);
  await old.page.getByRole('link', { name: 'Move to a new phone' }).click();
  await expect(old.page.getByText('“New phone” scanned the code. Approve it here.')).toBeVisible();
  await expectAccessibleInBothSchemes(old.page);
  await old.page.getByRole('button', { name: 'Stop' }).click();
  await expect(old.page.getByText('Stopped. Nothing was moved.')).toBeVisible();
  await expect(next.page.getByText('Nothing was moved, and the old phone works as before')).toBeVisible();
  await expect(next.page.getByText('No accounts yet')).toBeVisible();
});

test('by typing the code; an expired one is said on both phones', async ({ page, server, launch }) => {
  const old = await launch();
  await setUpWithPhone(page, server, old);
  await addCode(old, 'Bank', 'JBSWY3DPEHPK3PXP');
  await beginMove(old.page);
  await old.page.getByRole('button', { name: 'Enter code instead' }).click();
  await expect(old.page.getByText('Codes do not come along this way')).toBeVisible();
  await expectAccessibleInBothSchemes(old.page);
  const code = (await old.page.getByText(/^([0-9A-Z]{5}-){3}[0-9A-Z]{5}$/).textContent())!;
  const next = await launch();
  await openApp(next);
  await next.page.goto(`/authenticator/#/activate?code=${code}`);
  await expect(next.page.getByText('Olga Owner (olga)')).toBeVisible();
  // Its time is over; the server says then that there is no move any more.
  let last = false;
  await old.page.route('**/authenticator/v1/me', async (route) => {
    const response = await route.fetch();
    const self = (await response.json()) as { transfer: object };
    const transfer = last ? null : { ...self.transfer, expires_at: new Date().toISOString() };
    last = true;
    await route.fulfill({ response, json: { ...self, transfer } });
  });
  await expect(old.page.getByText('The code has expired. Nothing was moved.')).toBeVisible();
  await old.page.unroute('**/authenticator/v1/me');
  await old.page.getByRole('button', { name: 'Show the QR code' }).click();
  await expect(old.page.getByRole('img', { name: 'QR code that moves this account' })).toBeVisible();
  // A new code ends the older one.
  await next.page.getByRole('button', { name: 'Add this account' }).click();
  await expect(next.page.getByRole('alert')).toContainText('Make a new one');
});
