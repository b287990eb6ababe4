import type { Page } from '@playwright/test';
import type { Browser } from '../support/browser.ts';
import { addPerson, enrol, signIn } from '../support/people.ts';
import type { RunningServer } from '../support/server.ts';
import { approve } from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** One act on many people: chosen, asked, done with its progress, told with each failure, and undone. */

test.setTimeout(180_000);

/** An administrator signs in to the page; there is an owner above them, and so many people who were invited. */
async function start(page: Page, server: RunningServer, people: number): Promise<Browser> {
  await addPerson(server, 'olga', 'owner');
  await addPerson(server, 'adam', 'admin');
  const { browser: owner, phone: ownersPhone } = await enrol(server, 'olga');
  await signIn(owner, ownersPhone, 'olga', 'admin_login');
  for (let n = 1; n <= people; n += 1) {
    const body = { login: `p${n}`, email: `p${n}@example.com`, name: `Trainee ${n}`, invite: true };
    expect((await owner.post('/api/v1/admin/users', body)).status).toBe(201);
  }
  const { phone } = await enrol(server, 'adam');
  await page.goto('/admin/people');
  await page.getByLabel('Login name or e-mail address').fill('adam');
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
  await page.getByRole('button', { name: 'Continue' }).click();
  await approve(page, phone, 'admin_login');
  await expect(page.getByRole('heading', { name: 'People', level: 1 })).toBeVisible();
  return owner;
}

const bar = (page: Page) => page.getByRole('region', { name: 'Chosen people' });
const act = async (page: Page, name: string) => {
  await bar(page).getByRole('button', { name: 'Actions', exact: true }).click();
  await page.getByRole('menuitem', { name }).click();
};
const statesOf = async (owner: Browser, q: string): Promise<Record<string, number>> => {
  const { items } = (await owner.get(`/api/v1/admin/users?q=${q}&limit=200`)).body;
  const states: Record<string, number> = {};
  for (const { state, delete_at } of items) {
    const name = delete_at === null ? state : 'deleted';
    states[name] = (states[name] ?? 0) + 1;
  }
  return states;
};
const fits = async (page: Page) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await expectAccessibleInBothSchemes(page);
  await page.setViewportSize({ width: 1280, height: 800 });
};

test('some are suspended: whoever does it is left out, each failure has its reason, and undoing touches nobody else', async ({
  page,
  server,
}) => {
  const owner = await start(page, server, 4);
  const { items } = (await owner.get('/api/v1/admin/users?q=p4')).body;
  await owner.post(`/api/v1/admin/users/${items[0].id}/suspend`);
  await page.reload();
  for (const name of ['Trainee 3', 'Trainee 4', 'Test adam', 'Test olga'])
    await page.getByRole('checkbox', { name: `Choose ${name}`, exact: true }).check();
  await expect(bar(page)).toContainText('4 people chosen');
  await expectAccessibleInBothSchemes(page);
  await fits(page);

  await act(page, 'Suspend…');
  const dialog = page.getByRole('dialog', { name: 'Suspend 3 people' });
  await expect(dialog).toContainText('They are signed out everywhere at once');
  await expect(dialog).toContainText('You are among those who are chosen, and are left out.');
  await expectAccessibleInBothSchemes(page);
  await dialog.getByRole('button', { name: 'Suspend 3 people' }).click();
  await expect(dialog.getByText('1 person was suspended.')).toBeVisible();
  await expect(dialog.getByText('1 person was suspended already.')).toBeVisible();
  await expect(dialog.getByRole('list', { name: 'Who could not be changed' })).toHaveText(
    /^Test olga: This person has a role above yours/,
  );
  await expectAccessibleInBothSchemes(page);
  await fits(page);
  expect(await statesOf(owner, 'trainee')).toEqual({ suspended: 2, invited: 2 });

  await dialog.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(page.getByRole('dialog')).toContainText('1 person is as before.');
  expect(await statesOf(owner, 'trainee')).toEqual({ suspended: 1, invited: 3 });
  await page.getByRole('button', { name: 'Close' }).last().click();
  await expect(bar(page)).toHaveCount(0);
});

test('all that match are put into a group and taken out by the undo, but for whoever was in it; then deleted and restored', async ({
  page,
  server,
}) => {
  const owner = await start(page, server, 60);
  const group = (await owner.post('/api/v1/admin/groups', { name: 'Course' })).body;
  const [before] = (await owner.get('/api/v1/admin/users?q=p7')).body.items;
  await owner.call('PUT', `/api/v1/admin/groups/${group.id}/members/${before.id}`);
  const members = async () =>
    (await owner.get(`/api/v1/admin/groups/${group.id}/members?limit=200`)).body.items.length;

  await page.getByRole('searchbox', { name: 'Search people' }).fill('trainee');
  // Another search is another choice; until it begins, as many are shown.
  await expect(page).toHaveURL(/q=trainee/);
  await expect(page.getByText('The first 50 people are shown').last()).toBeVisible();
  await page.getByRole('checkbox', { name: 'Choose everybody who is shown' }).check();
  await expect(bar(page)).toContainText('50 people chosen');
  await bar(page).getByRole('button', { name: 'Choose all that match' }).click();
  await expect(bar(page)).toContainText('60 people chosen');

  await act(page, 'Put into a group…');
  const dialog = page.getByRole('dialog');
  const put = dialog.getByRole('button', { name: /^Put 60 people into/ });
  await expect(put).toBeDisabled();
  await dialog.getByRole('combobox', { name: 'Group' }).fill('cou');
  await page.getByRole('option', { name: 'Course' }).click();
  await expectAccessibleInBothSchemes(page);
  await dialog.getByRole('button', { name: 'Put 60 people into Course' }).click();
  await expect(dialog.getByText('59 people were put in.')).toBeVisible();
  await expect(dialog.getByText('1 person was in it already.')).toBeVisible();
  expect(await members()).toBe(60);
  await dialog.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(dialog.getByText('59 people are as before.')).toBeVisible();
  expect(await members()).toBe(1);
  await dialog.getByRole('button', { name: 'Close' }).last().click();

  // Stopped halfway; leaving asks; going on reaches everybody once.
  await page.getByRole('checkbox', { name: 'Choose everybody who is shown' }).check();
  await act(page, 'Delete…');
  await expect(dialog).toContainText('is gone in 30 days, and then nothing brings it back');
  // Some come through; the next ones wait, however long the page is looked at.
  let through = 0;
  let letOn = () => {};
  const waiting = new Promise<void>((resolve) => (letOn = resolve));
  await page.route('**/api/v1/admin/users/*', async (route) => {
    if (route.request().method() === 'DELETE' && (through += 1) > 10) await waiting;
    await route.continue();
  });
  await dialog.getByRole('button', { name: 'Delete 50 people' }).click();
  await expect(dialog.getByText('10 of 50. Leaving this page stops it.')).toBeVisible();
  await expect(dialog.getByRole('progressbar', { name: 'Delete 50 people' })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await page.evaluate(() => history.back());
  const leave = page.getByRole('dialog', { name: 'Stop and leave?' });
  await leave.getByRole('button', { name: 'Stay' }).click();
  await expect(leave).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Stop', exact: true }).click();
  letOn();
  await expect(dialog.getByText(/were not reached\.$/)).toBeVisible();
  const { deleted } = await statesOf(owner, 'trainee');
  expect(deleted).toBe(14);
  await expect(dialog.getByText(`${deleted} people were deleted.`)).toBeVisible();
  await page.unroute('**/api/v1/admin/users/*');
  await dialog.getByRole('button', { name: 'Go on' }).click();
  await expect(dialog.getByText('50 people were deleted.')).toBeVisible();
  expect(await statesOf(owner, 'trainee')).toEqual({ deleted: 50, invited: 10 });
  await dialog.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(dialog.getByText('50 people are as before.')).toBeVisible();
  expect(await statesOf(owner, 'trainee')).toEqual({ invited: 60 });
});

test('where the server is away nobody is told to have failed, and it goes on later', async ({
  page,
  server,
}) => {
  const owner = await start(page, server, 8);
  await page.getByRole('checkbox', { name: 'Choose everybody who is shown' }).check();
  await page.getByRole('checkbox', { name: 'Choose Test olga' }).uncheck();
  await act(page, 'Suspend…');
  const dialog = page.getByRole('dialog');
  await page.route('**/suspend', (route) => route.abort());
  await dialog.getByRole('button', { name: 'Suspend 8 people' }).click();
  await expect(dialog.getByText('It went no further.')).toBeVisible();
  await expect(dialog.getByText('8 people were not reached.')).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await page.unroute('**/suspend');
  await dialog.getByRole('button', { name: 'Go on' }).click();
  await expect(dialog.getByText('8 people were suspended.')).toBeVisible();
  expect(await statesOf(owner, 'trainee')).toEqual({ suspended: 8 });
});
