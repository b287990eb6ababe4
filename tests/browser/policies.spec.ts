import type { Locator } from '@playwright/test';
import { secondOwner } from './support/moving.ts';
import { setUpWithPhone } from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** Policies in the Admin Portal: rules as sentences, the simulator, and the way back to an earlier version. */

test.setTimeout(180_000);

test('a rule is written, simulated, moved, turned off and deleted; an earlier version is restored', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  const owner = await secondOwner(server);
  const group = (await owner.post('/api/v1/admin/groups', { name: 'Staff' })).body.id;
  const people = (await owner.get('/api/v1/admin/users')).body.items;
  const olga = people.find(({ login }: { login: string }) => login === 'olga');
  expect((await owner.call('PUT', `/api/v1/admin/groups/${group}/members/${olga.id}`)).status).toBe(204);

  await page.goto('/admin/');
  await page.getByLabel('Login name or e-mail address').fill('olga');
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
  await page.getByRole('button', { name: 'Continue' }).click();
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  const rooms = page.getByRole('navigation', { name: 'Rooms' });
  await rooms.getByRole('link', { name: 'Policies' }).click();
  await expect(page.getByText('No rules yet')).toBeVisible();
  await expectAccessibleInBothSchemes(page);

  // What is missing is said, and its field has the focus.
  await page.getByRole('button', { name: 'Add a rule' }).click();
  const form = page.getByRole('dialog', { name: 'Add a rule' });
  await form.getByRole('button', { name: 'Add the rule' }).click();
  await expect(form.getByText('Give the rule a name.')).toBeVisible();
  await expect(form.getByText('Choose at least one.')).toBeVisible();
  await expect(form.getByLabel('Name')).toBeFocused();
  await expectAccessibleInBothSchemes(page);
  await form.getByLabel('Name').fill('Staff by number');
  await form.getByRole('radio', { name: 'Some people or groups' }).check();
  await form.getByRole('combobox', { name: 'Groups' }).fill('Sta');
  await page.getByRole('option', { name: 'Staff' }).click();
  await form.getByRole('combobox', { name: 'What they want' }).fill('User');
  await page.getByRole('option', { name: 'The User Portal' }).click();
  await page.keyboard.press('Escape');
  await form.getByRole('checkbox', { name: 'Mobile push' }).check();
  await form.getByRole('switch', { name: 'The number is typed at each push' }).check();
  await form.getByRole('button', { name: 'Add the rule' }).click();
  await expect(form).toBeHidden();
  const save = async () => {
    await page.getByRole('button', { name: 'Save changes' }).click();
    await expect(page.getByText('Changes are not saved yet')).toBeHidden();
  };
  const rules = page.getByRole('list', { name: 'Rules, in the order in which they are looked at' });
  await expect(rules).toContainText(
    'People in Staff who sign in to the User Portal from anywhere need a push and the number typed at each push.',
  );

  await page.getByRole('button', { name: 'Add a rule' }).click();
  await form.getByLabel('Name').fill('Not from the guests’ network');
  await form.getByRole('combobox', { name: 'What they want' }).fill('User');
  await page.getByRole('option', { name: 'The User Portal' }).click();
  await page.keyboard.press('Escape');
  await form.getByRole('combobox', { name: 'From where' }).click();
  await page.getByRole('option', { name: 'From these networks' }).click();
  await form.getByRole('textbox', { name: 'Networks' }).fill('198.51.100.0/24\n2001:db8::/32');
  await form.getByRole('switch', { name: 'Only at some times' }).check();
  await expectAccessibleInBothSchemes(page);
  await form.getByRole('switch', { name: 'Only at some times' }).uncheck();
  await form.getByRole('radio', { name: 'Deny' }).check();
  await form.getByRole('button', { name: 'Add the rule' }).click();
  await expect(rules).toContainText(
    'Everybody who signs in to the User Portal from 198.51.100.0/24 or 2001:db8::/32 is denied.',
  );
  expect((await owner.get('/api/v1/admin/policies')).body.rules).toHaveLength(0);
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('The policies were saved.')).toBeVisible();

  const simulator = page.getByRole('region', { name: 'Simulator' });
  await simulator.getByRole('combobox', { name: 'Who' }).fill('olga');
  await page.getByRole('option', { name: /olga/ }).first().click();
  await simulator.getByLabel('From which address').fill('198.51.100.7');
  await simulator.getByRole('button', { name: 'Simulate' }).click();
  await expect(simulator).toContainText('Asked for: a push with the number typed');
  await expect(simulator).toContainText('The rule “Staff by number” says so.');
  await page.getByRole('button', { name: 'Move up: Not from the guests’ network' }).click();
  await expect(rules.getByRole('listitem').first()).toContainText('1. Not from the guests’ network');
  await expect(simulator.getByText('Asked for')).toBeHidden();
  await expect(simulator).toContainText('which are not saved yet');
  await simulator.getByRole('button', { name: 'Simulate' }).click();
  await expect(simulator).toContainText('The rule “Not from the guests’ network” says so.');
  await expectAccessibleInBothSchemes(page);
  await page.setViewportSize({ width: 320, height: 640 });
  await expectAccessibleInBothSchemes(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await page.setViewportSize({ width: 1280, height: 800 });

  await page.getByRole('button', { name: 'Turn off: Not from the guests’ network' }).click();
  await expect(rules).toContainText('(off)');
  await save();
  // Somebody else changes them meanwhile: this one is told, and sees theirs.
  const now = await owner.get('/api/v1/admin/policies');
  const [, staff] = now.body.rules;
  const theirs = { ...staff, name: 'Staff, as somebody else says' };
  const etag = now.headers.get('etag')!;
  const put = await owner.call('PUT', '/api/v1/admin/policies', { rules: [theirs] }, { 'if-match': etag });
  expect(put.status).toBe(200);
  await page.getByRole('button', { name: 'Delete: Staff by number' }).click();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('Somebody else has changed the policies meanwhile.')).toBeVisible();
  await expect(page.getByText('Somebody else was faster: discard your changes')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Save changes' })).toBeDisabled();
  await page.getByRole('button', { name: 'Discard' }).click();
  await expect(rules).toContainText('Staff, as somebody else says');

  // Nobody locks all owners out.
  await page.getByRole('button', { name: 'Edit: Staff, as somebody else says' }).click();
  const edit = page.getByRole('dialog', { name: 'Edit the rule' });
  await edit.getByRole('radio', { name: 'Everybody' }).check();
  await edit.getByRole('combobox', { name: 'What they want' }).fill('Admin');
  await page.getByRole('option', { name: 'The Admin Portal' }).click();
  await page.keyboard.press('Escape');
  await edit.getByRole('radio', { name: 'Deny' }).check();
  await edit.getByRole('button', { name: 'Change the rule' }).click();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('With these rules no owner could sign in to the Admin Portal.')).toBeVisible();
  // What is not saved is not left behind unasked.
  await page.getByRole('link', { name: 'People', exact: true }).first().click();
  await page.getByRole('button', { name: 'Stay here' }).click();
  await page.getByRole('button', { name: 'Discard' }).click();

  await page.getByRole('button', { name: 'Restore version 1' }).click();
  const confirm = page.getByRole('dialog', { name: 'Restore version 1?' });
  await expectAccessibleInBothSchemes(page);
  await confirm.getByRole('button', { name: 'Restore', exact: true }).click();
  await expect(rules.getByRole('listitem')).toHaveCount(2);
  await expect(rules.getByRole('listitem').first()).toContainText('1. Staff by number');
});

test('a draft is tried on the sign-ins of the last week; a rule says who may enrol what, and is warned of', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  const owner = await secondOwner(server);
  const group = (await owner.post('/api/v1/admin/groups', { name: 'Contractors' })).body.id;
  await page.goto('/admin/');
  await page.getByLabel('Login name or e-mail address').fill('olga');
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
  await page.getByRole('button', { name: 'Continue' }).click();
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: 'Policies' }).click();
  const add = async (name: string, more: (form: Locator) => Promise<void>) => {
    await page.getByRole('button', { name: 'Add a rule' }).click();
    const form = page.getByRole('dialog', { name: 'Add a rule' });
    await form.getByLabel('Name').fill(name);
    await more(form);
    await form.getByRole('button', { name: 'Add the rule' }).click();
    await expect(form).toBeHidden();
  };
  const rules = page.getByRole('list', { name: 'Rules, in the order in which they are looked at' });
  const want = async (form: Locator, typed: string, option: string) => {
    await form.getByRole('combobox', { name: 'What they want' }).fill(typed);
    await page.getByRole('option', { name: option }).click();
    await page.keyboard.press('Escape');
  };
  await add('Numbers for administrators', async (form) => {
    await want(form, 'Admin', 'The Admin Portal');
    await form.getByRole('switch', { name: 'The number is typed at each push' }).check();
  });
  await add('Nobody from outside', async (form) => {
    await want(form, 'User', 'The User Portal');
    await form.getByRole('radio', { name: 'Deny' }).check();
  });
  const effect = page.getByRole('region', { name: 'Effect of the unsaved changes' });
  await effect.getByRole('button', { name: 'Try them on the last 7 days' }).click();
  await expect(effect.getByRole('alert')).toContainText('would have gone another way.');
  await expect(effect).toContainText('would have been refused');
  await expect(effect).toContainText('would have been asked for a number instead of a tap');
  await expect(effect).toContainText('Denied. The rule “Nobody from outside” says so.');
  await expectAccessibleInBothSchemes(page);
  await page.setViewportSize({ width: 320, height: 640 });
  await expectAccessibleInBothSchemes(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await page.setViewportSize({ width: 1280, height: 800 });

  // Other rules, and what was said of those before is gone.
  await page.getByRole('button', { name: 'Delete: Nobody from outside' }).click();
  await expect(effect.getByRole('alert')).toBeHidden();
  await add('Contractors', async (form) => {
    await form.getByRole('radio', { name: 'Enrolling a factor' }).check();
    await form.getByRole('radio', { name: 'Some people or groups' }).check();
    await form.getByRole('combobox', { name: 'Groups' }).fill('Contr');
    await page.getByRole('option', { name: 'Contractors' }).click();
    await expect(form.getByRole('combobox', { name: 'What they want' })).toBeHidden();
    await form.getByRole('button', { name: 'Add the rule' }).click();
    await expect(form.getByText('Choose at least one.')).toBeVisible();
    await expectAccessibleInBothSchemes(page);
    await form.getByRole('checkbox', { name: 'Passkey' }).check();
    await form.getByRole('checkbox', { name: 'Verification code' }).check();
  });
  await expect(rules).toContainText('People in Contractors may enrol a passkey or a verification code.');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('The policies were saved.')).toBeVisible();
  await expect(page.getByText('Some people may find no way in')).toBeHidden();

  const noah = (
    await owner.post('/api/v1/admin/users', {
      login: 'noah',
      email: 'noah@example.com',
      name: 'Noah',
      role: 'user',
      password: 'a passphrase nobody had before',
    })
  ).body;
  expect((await owner.call('PUT', `/api/v1/admin/groups/${group}/members/${noah.id}`)).status).toBe(204);
  const simulator = page.getByRole('region', { name: 'Simulator' });
  await simulator.getByRole('combobox', { name: 'Who' }).fill('noah');
  await page.getByRole('option', { name: /Noah/ }).first().click();
  await simulator.getByRole('button', { name: 'Simulate' }).click();
  await expect(simulator).toContainText(
    'They may enrol a passkey or a verification code: the rule “Contractors” says so.',
  );
  await page.getByRole('button', { name: 'Edit: Contractors' }).click();
  const edit = page.getByRole('dialog', { name: 'Edit the rule' });
  await edit.getByRole('radio', { name: 'Nothing' }).check();
  await edit.getByRole('button', { name: 'Change the rule' }).click();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('Some people may find no way in')).toBeVisible();
  await simulator.getByRole('button', { name: 'Simulate' }).click();
  await expect(simulator).toContainText('none may be: they cannot get in.');
  await expectAccessibleInBothSchemes(page);
});
