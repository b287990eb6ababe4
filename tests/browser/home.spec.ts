import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Page } from '@playwright/test';
import { Browser } from '../support/browser.ts';
import { addPerson, enrol, pendingRequest, signIn } from '../support/people.ts';
import type { RunningServer } from '../support/server.ts';
import { approve } from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** Home of the Admin Portal: what needs attention, each line leading to what it counts, and the charts. */

test.setTimeout(120_000);

async function enterAdmin(page: Page, server: RunningServer): Promise<Browser> {
  await addPerson(server, 'olga', 'owner');
  const { browser, phone } = await enrol(server, 'olga');
  await signIn(browser, phone, 'olga', 'admin_login');
  await page.goto('/admin/');
  await page.getByLabel('Login name or e-mail address').fill('olga');
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
  await page.getByRole('button', { name: 'Continue' }).click();
  await approve(page, phone, 'admin_login');
  await expect(page.getByRole('heading', { name: 'Home', level: 1 })).toBeVisible();
  return browser;
}

const dayBefore = (days: number): string =>
  new Date(Date.now() - days * 24 * 60 * 60_000).toISOString().slice(0, 10);

/** Thirty days of an organisation, as if they had been. */
function fillDays(server: RunningServer): void {
  const store = new DatabaseSync(join(server.env.COUNTERSIGN_DATA!, 'countersign.db'));
  store.exec('PRAGMA busy_timeout = 5000');
  const insert = store.prepare('INSERT OR REPLACE INTO daily_counts (day, name, count) VALUES (?, ?, ?)');
  for (let back = 29; back > 0; back -= 1) {
    const weekend = [0, 6].includes(new Date(dayBefore(back)).getUTCDay());
    const many = weekend ? 40 + back : 380 + ((back * 37) % 90);
    for (const [name, count] of Object.entries({
      succeeded: many,
      failed: Math.round(many * 0.11) + (back === 9 ? 190 : 0),
      reported: back === 9 ? 14 : back % 8 === 0 ? 1 : 0,
      factor_push: Math.round(many * 0.7),
      factor_totp: Math.round(many * 0.2),
      factor_passkey: Math.round(many * 0.09),
      factor_recovery_code: back % 6 === 0 ? 1 : 0,
    }))
      insert.run(dayBefore(back), name, count);
    if (back > 20) continue;
    insert.run(dayBefore(back), 'people', 420 + (20 - back) * 4);
    insert.run(dayBefore(back), 'people_without_factor', 12 + back * back);
  }
  store.close();
}

const fits = async (page: Page) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await expectAccessibleInBothSchemes(page);
};

test('what needs attention leads to what it counts; the charts are read by eye, by keyboard and as tables', async ({
  page,
  server,
}) => {
  await addPerson(server, 'bare');
  await addPerson(server, 'victim');
  const { phone } = await enrol(server, 'victim');
  const { request } = await pendingRequest(new Browser(server.url), phone, 'victim');
  expect((await phone.answer(request, 'report')).status).toBe(200);
  fillDays(server);
  await enterAdmin(page, server);

  const attention = page.getByRole('region', { name: 'What needs attention' });
  await expect(attention.getByRole('link')).toHaveText([
    '1 report of fraud that nobody has looked into',
    '1 person has no second factor',
    '1 person is locked',
    '2 phones cannot be reached by push',
    'Mail is not set up',
  ]);
  const signIns = page.getByRole('region', { name: 'Sign-ins' });
  const chart = signIns.getByRole('slider', { name: 'Sign-ins of the last 30 days, day by day' });
  await expect(chart).toBeVisible();
  await expectAccessibleInBothSchemes(page);

  // One stop for the Tab key; the arrows go through the days.
  await chart.focus();
  await page.keyboard.press('Home');
  await expect(chart).toHaveAttribute('aria-valuenow', '1');
  for (let back = 29; back > 9; back -= 1) await page.keyboard.press('ArrowRight');
  await expect(chart).toHaveAttribute(
    'aria-valuetext',
    /: [\d,]+ succeeded, \d+ denied or failed, 14 reported as fraud$/,
  );
  await expect(signIns.getByText('14 reported as fraud')).toBeVisible();
  // The same in a table, newest first.
  await signIns.getByText('As a table').click();
  const rows = signIns.getByRole('table').getByRole('row');
  await expect(rows).toHaveCount(31);
  await expect(rows.nth(10)).toContainText('14');
  await expect(page.getByRole('region', { name: 'Confirmed with' })).toContainText(
    /Mobile push[\d,]+ \(\d\d %\)/,
  );
  await expectAccessibleInBothSchemes(page);
  await fits(page);
  await page.setViewportSize({ width: 1280, height: 800 });

  // Each line leads to the list that shows exactly these.
  const follow = async (line: string, heading: string, ...found: string[]) => {
    await page.getByRole('link', { name: 'Home', exact: true }).click();
    await attention.getByRole('link', { name: line }).click();
    await expect(page.getByRole('heading', { name: heading, level: 1 })).toBeVisible();
    for (const name of found) await expect(page.getByRole('link', { name, exact: true })).toBeVisible();
    await expect(page.getByRole('table').getByRole('row')).toHaveCount(found.length + 1);
  };
  await follow('1 person has no second factor', 'Enrolment', 'Test bare');
  await page.getByRole('link', { name: 'People', exact: true }).first().click();
  await page.getByRole('checkbox', { name: 'No second factor' }).check();
  await expect(page.getByRole('table').getByRole('row')).toHaveCount(2);
  await follow('1 person is locked', 'People', 'Test victim');
  await expect(page.getByRole('table')).toContainText('Locked');
  await follow('2 phones cannot', 'Phones that no push reaches', 'Test olga', 'Test victim');
  await expectAccessibleInBothSchemes(page);
  await fits(page);
  await page.setViewportSize({ width: 1280, height: 800 });

  await follow('1 report of fraud', 'Fraud reports', 'Test victim');
  await expectAccessibleInBothSchemes(page);
  await fits(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole('button', { name: 'Mark the report of Test victim as looked into' }).click();
  await expect(page.getByText('The report of Test victim is marked as looked into.')).toBeVisible();
  await expect(page.getByText('Nothing to look into')).toBeVisible();
  await expect(page.getByRole('group', { name: 'Fraud reports' })).toBeFocused();
  await page.getByRole('combobox', { name: 'Which reports' }).click();
  await page.getByRole('option', { name: 'Looked into', exact: true }).click();
  await expect(page.getByRole('table')).toContainText('olga');
  await page.getByRole('link', { name: 'Home', exact: true }).click();
  await expect(attention.getByRole('link')).toHaveCount(4);
});

test('nothing needs attention, and nothing has happened yet', async ({ page, server }) => {
  await page.route('**/api/v1/admin/home/attention', (route) => route.fulfill({ json: { items: [] } }));
  await page.route('**/api/v1/admin/home/statistics', async (route) => {
    const answer = await route.fetch();
    if (!answer.ok()) return route.fulfill({ response: answer });
    const { days } = await answer.json();
    const nothing = { succeeded: 0, failed: 0, reported: 0, people: null, people_without_factor: null };
    const factors = { push: 0, totp: 0, passkey: 0, recovery_code: 0 };
    const empty = days.map(({ day }: { day: string }) => ({ day, ...nothing, factors }));
    await route.fulfill({ json: { days: empty, counting: true } });
  });
  await enterAdmin(page, server);
  await expect(page.getByText('Nothing needs your attention. All is well.')).toBeVisible();
  await expect(page.getByText('No sign-ins have been counted yet.')).toBeVisible();
  await expect(page.getByText('Older sign-ins are still being counted')).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await fits(page);
});
