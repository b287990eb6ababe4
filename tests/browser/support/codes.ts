import { Buffer } from 'node:buffer';
import { importOtpKey, totp, type OtpAccount } from '@countersign/protocol/otp';
import type { Page } from '@playwright/test';
import { expect } from './test.ts';

/** Codes of other services, for tests of the app: samples, what the app shows of them, and files to choose. */

/** The n-th of as many different accounts as are wanted. */
export const sample = (n: number, members: Partial<OtpAccount> = {}): OtpAccount => ({
  type: 'totp',
  issuer: `Service ${n}`,
  label: 'olga@example.com',
  secret: Uint8Array.from({ length: 20 }, (_, i) => (i < 2 ? n >> (8 * i) : n * 31 + i * 7) % 256),
  algorithm: 'SHA-1',
  digits: 6,
  period: 30,
  counter: 0,
  ...members,
});

export const samples = (count: number, from = 1): OtpAccount[] =>
  Array.from({ length: count }, (_, i) => sample(from + i));

/** What a person reads in the list: each name with its code, as it stands there now. */
async function shownCodes(page: Page): Promise<[name: string, code: string][]> {
  const labels = await page
    .getByRole('button', { name: /^Copy the code/ })
    .evaluateAll((all) => all.map((each) => each.getAttribute('aria-label') ?? ''));
  return labels.map((label) => {
    const [, code, name] = /^Copy the code ([\d ]+) of (.*)$/.exec(label)!;
    return [name!, code!.replace(' ', '')];
  });
}

const nameOf = ({ issuer, label }: OtpAccount): string => `${issuer} (${label})`;

/** The list shows exactly these accounts, each with the code that its own secret makes now. */
export async function expectCodes(page: Page, accounts: readonly OtpAccount[], url = ''): Promise<void> {
  await page.goto(`${url}/authenticator/#/`);
  await expect(page.getByRole('button', { name: /^Copy the code/ })).toHaveCount(accounts.length);
  await expect(async () => {
    const now = Date.now();
    const shown = await shownCodes(page);
    const expected = await Promise.all(
      accounts.map(async (account): Promise<[string, string]> => {
        const key = await importOtpKey(account.secret, account.algorithm);
        return [nameOf(account), await totp(key, account, now)];
      }),
    );
    expect(shown.toSorted()).toEqual(expected.toSorted());
  }).toPass({ timeout: 20_000 });
}

/** A file of this content is chosen on the import's first screen, through the system's chooser. */
export async function chooseFile(
  page: Page,
  content: string | Buffer,
  { name = 'codes.json', mimeType = 'application/json', button = 'Choose a file' } = {},
): Promise<void> {
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: button }).click();
  const chooser = await choosing;
  await chooser.setFiles({ name, mimeType, buffer: Buffer.from(content) });
}

/** `url`: of the server, where the page has none to begin with. */
export async function openImport(page: Page, url = ''): Promise<void> {
  await page.goto(`${url}/authenticator/#/import`);
  await expect(page.getByRole('heading', { name: 'Bring in codes' })).toBeVisible();
}

/** Brings in a file that needs no password, with what the preview offers. */
export async function bringIn(page: Page, content: string, count: number, url = ''): Promise<void> {
  await openImport(page, url);
  await chooseFile(page, content);
  await page.getByRole('button', { name: count === 1 ? 'Add 1 account' : `Add ${count} accounts` }).click();
  await expect(page.getByRole('heading', { name: /added\.$/ })).toBeVisible();
}

/** All that lies in the app's database, as text; keys that cannot be read out show as nothing. */
export const storedText = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('countersign-authenticator');
      request.onsuccess = () => resolve(request.result);
    });
    let text = '';
    for (const name of db.objectStoreNames) {
      const rows = await new Promise<unknown[]>((resolve) => {
        const request = db.transaction(name).objectStore(name).getAll();
        request.onsuccess = () => resolve(request.result as unknown[]);
      });
      text += JSON.stringify(rows, (_, value: unknown) =>
        value instanceof Uint8Array ? String.fromCharCode(...value) : value,
      );
    }
    db.close();
    return text;
  });
