import type { Page } from '@playwright/test';
import type { Browser } from '../../support/browser.ts';
import { addPerson, enrol, signIn } from '../../support/people.ts';
import type { RunningServer } from '../../support/server.ts';
import type { PhoneBrowser } from './phone.ts';
import { expect } from './test.ts';

/** Steps of moving to a new phone, and what else the tests of the authenticator's accounts begin with. */

/** Types the key of another service into the app. */
export async function addCode(phone: PhoneBrowser, issuer: string, key: string): Promise<void> {
  const { page } = phone;
  await phone.cover();
  await page.goto('/authenticator/#/add');
  await page.getByRole('button', { name: 'Enter code instead' }).click();
  await page.getByLabel('Another service').check();
  await page.getByLabel('Service', { exact: true }).fill(issuer);
  await page.getByLabel('Key', { exact: true }).fill(key);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Add this account' }).click();
  await expect(page.getByRole('heading', { name: 'Account added' })).toBeVisible();
}

/** The screen of the account, from the list. */
export async function openAccount(page: Page): Promise<void> {
  await page.goto('/authenticator/#/');
  await page.getByRole('link', { name: /Acme/ }).click();
}

/** Until the old phone shows its QR code. */
export async function beginMove(page: Page): Promise<void> {
  await openAccount(page);
  await page.getByRole('link', { name: 'Move to a new phone' }).click();
  await page.getByRole('button', { name: 'Show the QR code' }).click();
  await expect(page.getByRole('img', { name: 'QR code that moves this account' })).toBeVisible();
}

/** The new phone scans it, and adds the account. */
export async function takeMove(old: PhoneBrowser, next: PhoneBrowser, name: string): Promise<void> {
  await next.show(old.page.locator('.qr'));
  await next.page.goto('/authenticator/#/');
  await next.page.getByRole('button', { name: 'Add account' }).click();
  await next.page.getByLabel('Name of this device').fill(name);
  await next.page.getByRole('button', { name: 'Add this account' }).click();
}

/** The names of the services whose codes are on this phone, in order. */
export async function codesOf(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const opening = indexedDB.open('countersign-authenticator');
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      opening.addEventListener('success', () => resolve(opening.result));
      opening.addEventListener('error', () => reject(opening.error!));
    });
    const reading = db.transaction('codes').objectStore('codes').getAll();
    const rows = await new Promise<{ issuer: string; position: number }[]>((resolve, reject) => {
      reading.addEventListener('success', () =>
        resolve(reading.result as { issuer: string; position: number }[]),
      );
      reading.addEventListener('error', () => reject(reading.error!));
    });
    db.close();
    return rows.sort((a, b) => a.position - b.position).map(({ issuer }) => issuer);
  });
}

/** A second owner in the Admin Portal, who is no part of the test. */
export async function secondOwner(server: RunningServer): Promise<Browser> {
  const login = 'second-owner';
  await addPerson(server, login, 'owner');
  const { browser, phone } = await enrol(server, login);
  await signIn(browser, phone, login, 'admin_login');
  return browser;
}

/** Changes the organisation's settings, as that owner. */
export async function changeSettings(server: RunningServer, patch: object): Promise<void> {
  const browser = await secondOwner(server);
  const answer = await browser.patch('/api/v1/admin/settings', patch);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
}
