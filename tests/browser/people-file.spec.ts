import type { Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { addPerson, enrol } from '../support/people.ts';
import { approve } from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';
import type { RunningServer } from '../support/server.ts';

/** People in and out by files, in the Admin Portal. */

async function openPeople(page: Page, server: RunningServer): Promise<void> {
  await addPerson(server, 'olga', 'owner');
  const { phone } = await enrol(server, 'olga');
  await page.goto('/admin/people');
  await page.getByLabel('Login name or e-mail address').fill('olga');
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
  await page.getByRole('button', { name: 'Continue' }).click();
  await approve(page, phone, 'admin_login');
  await expect(page.getByRole('heading', { name: 'People', level: 1 })).toBeVisible();
}

const file = (text: string | Buffer) => ({
  name: 'people.csv',
  mimeType: 'text/csv',
  buffer: typeof text === 'string' ? Buffer.from(text) : text,
});
const widthOf = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth);

test('a file is checked line by line and then imported; what is exported has it', async ({
  page,
  server,
}) => {
  test.setTimeout(120_000);
  await openPeople(page, server);
  await page.getByRole('link', { name: 'Import' }).click();
  await expect(page.getByRole('heading', { name: 'Import people', level: 1 })).toBeVisible();
  const people = Array.from({ length: 300 }, (_, n) => `p${n},p${n}@example.com,Person ${n},Staff\n`).join(
    '',
  );
  const input = page.locator('input[type=file]');
  await input.setInputFiles(
    file(`login,email,name,groups\n${people}olga,x@example.com,Other,\nbad,nothing,,\n`),
  );
  await expect(page.getByText('300 can be added.')).toBeVisible();
  await expect(page.getByText('2 cannot be added.')).toBeVisible();
  await expect(page.getByText('New groups: Staff')).toBeVisible();
  await expect(page.getByRole('row', { name: /302 olga Somebody has this login name/ })).toBeVisible();
  await expect(
    page.getByRole('row', { name: /303 bad The e-mail address.*The name is missing/ }),
  ).toBeVisible();
  const act = page.getByRole('button', { name: 'Import 300 people' });
  await expect(act).toBeDisabled();
  await page.getByLabel('Skip the bad lines').check();
  await page.getByLabel('Mail them an invitation').check();
  await expectAccessibleInBothSchemes(page);
  await page.setViewportSize({ width: 320, height: 640 });
  await expect.poll(() => widthOf(page)).toBeLessThanOrEqual(320);
  await page.setViewportSize({ width: 1280, height: 800 });
  await act.click();
  await expect(page.getByText('Added: 300')).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  const [report] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save the report of every line' }).click(),
  ]);
  const lines = (await readFile(await report.path(), 'utf8')).trimEnd().split('\r\n');
  expect(lines.length).toBe(303);
  expect(lines[1]).toBe('2,"p0",added,""');

  await page.getByRole('link', { name: 'See the people' }).click();
  await page.getByLabel('Search people').fill('Person 299');
  await page.getByRole('link', { name: 'Person 299' }).click();
  await expect(page.getByText('Staff')).toBeVisible();
  await page.getByRole('button', { name: 'Send an invitation' }).click();
  await expect(page.getByText('An invitation is on its way to p299@example.com.')).toBeVisible();
  await page.getByRole('link', { name: 'People', exact: true }).first().click();
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export' }).click(),
  ]);
  expect(saved.suggestedFilename()).toMatch(/^users-\d{4}-\d\d-\d\d\.csv$/);
  expect(await readFile(await saved.path(), 'utf8')).toContain(
    'p7,p7@example.com,Person 7,user,Staff,invited\r\n',
  );
});

test('a file of another header, and one of another encoding, say what is the matter', async ({
  page,
  server,
}) => {
  await openPeople(page, server);
  await page.goto('/admin/people/import');
  const input = page.locator('input[type=file]');
  await input.setInputFiles(file('login;name;password\nzoe;Zoe;secret\n'));
  await expect(page.getByText('The file cannot be imported.')).toBeVisible();
  await expect(page.getByText('password is no column of this file')).toBeVisible();
  await expect(page.getByText('email is missing')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Import/ })).toHaveCount(0);
  await expectAccessibleInBothSchemes(page);
  await input.setInputFiles(file(Buffer.from('login,email,name\nzoe,zoe@example.com,Zo\u00eb\n', 'latin1')));
  await expect(page.getByText('was read as Windows-1252')).toBeVisible();
  await expect(page.getByRole('row', { name: '2 zoe Can be added' })).toBeVisible();
  await page.getByRole('button', { name: 'Import one person' }).click();
  await expect(page.getByText('Added: 1')).toBeVisible();
});
