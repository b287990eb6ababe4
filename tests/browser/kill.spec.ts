import { sealBackup } from '@countersign/protocol/backup';
import { writeOtpauthList } from '@countersign/protocol/migration';
import { encodeBase32, type OtpAccount } from '@countersign/protocol/otp';
import type { Page } from '@playwright/test';
import { setTimeout as sleep } from 'node:timers/promises';
import { bringIn, chooseFile, expectCodes, openImport, sample, samples } from './support/codes.ts';
import { makeKillable } from './support/killable.ts';
import { expect, test } from './support/test.ts';

/**
 * The browser is killed at a random moment of what the app does with codes, and started again on the same profile. What
 * the app had confirmed on the screen is there; what comes together is there whole or not at all; nothing is there twice.
 * COUNTERSIGN_KILL_ROUNDS sets how often each is done.
 */
const rounds = Number(process.env.COUNTERSIGN_KILL_ROUNDS ?? 3);
const password = 'known to me only';
const options = { now: Date.now(), random: (n: number) => crypto.getRandomValues(new Uint8Array(n)) };

test.describe.configure({ timeout: 60_000 + rounds * 30_000 });

/** Until the kill: whatever the page is asked for fails then, which is no news. */
async function untilKilled(act: () => Promise<void>, killed: () => boolean): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!killed()) throw error;
  }
}

/** Runs `act` in a browser that is killed `after` milliseconds later, then gives the page of the next one. */
async function killedDuring(
  browser: Awaited<ReturnType<typeof makeKillable>>,
  url: string,
  page: Page,
  after: number,
  act: (page: Page) => Promise<void>,
): Promise<Page> {
  let killed = false;
  const acting = untilKilled(
    () => act(page),
    () => killed,
  );
  await sleep(after);
  killed = true;
  await browser.kill();
  await acting;
  const next = await browser.start();
  await next.goto(`${url}/authenticator/`);
  await expect(next.getByRole('heading', { name: 'Accounts', level: 1 })).toBeVisible();
  return next;
}

async function start(browser: Awaited<ReturnType<typeof makeKillable>>, url: string): Promise<Page> {
  const page = await browser.start();
  await page.goto(`${url}/authenticator/`);
  await page.getByRole('button', { name: 'Skip' }).click();
  await page.getByRole('button', { name: /Continue|Not now/ }).click();
  await expect(page.getByRole('heading', { name: 'Accounts', level: 1 })).toBeVisible();
  return page;
}

/** Types the key of an account and waits until the app says that it was added. */
async function addByHand(page: Page, url: string, { issuer, label, secret }: OtpAccount): Promise<void> {
  await page.goto(`${url}/authenticator/#/add`);
  await page.getByRole('button', { name: 'Enter code instead' }).click();
  await page.getByRole('radio', { name: 'Another service' }).check();
  await page.getByLabel('Service', { exact: true }).fill(issuer);
  await page.getByLabel('Account', { exact: true }).fill(label);
  await page.getByLabel('Key', { exact: true }).fill(encodeBase32(secret));
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Add this account' }).click();
  await expect(page.getByRole('heading', { name: 'Account added' })).toBeVisible();
}

/** Milliseconds that it takes here and now; kills are spread over as long, so that they strike on any machine. */
async function timed(act: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await act();
  return performance.now() - began;
}

const countOf = (page: Page): Promise<number> => page.getByRole('button', { name: /^Copy the code/ }).count();

/** How many codes the list has, once it is shown. */
async function listed(page: Page, possible: number[]): Promise<number> {
  await expect.poll(async () => possible.includes(await countOf(page))).toBe(true);
  return countOf(page);
}

test('killed while codes are added one by one', async ({ server: { url } }) => {
  await using browser = await makeKillable();
  let page = await start(browser, url);
  let kept: OtpAccount[] = [sample(1)];
  let next = 2;
  let begun = 0;
  const usual = await timed(() => addByHand(page, url, sample(1)));
  for (let round = 0; round < rounds; round += 1) {
    const confirmed = [...kept];
    let last: OtpAccount | undefined;
    page = await killedDuring(browser, url, page, Math.random() * 3 * usual, async (open) => {
      for (;;) {
        last = sample(next);
        next += 1;
        await addByHand(open, url, last);
        confirmed.push(last);
        last = undefined;
      }
    });
    // The one that was being added may be there, or not; it was not confirmed.
    const count = await listed(page, [confirmed.length, confirmed.length + 1]);
    kept = count > confirmed.length ? [...confirmed, last!] : confirmed;
    if (count > confirmed.length) begun += 1;
    await expectCodes(page, kept, url);
  }
  console.log(
    `${rounds} rounds, ${kept.length} codes kept; in ${begun} rounds the last was kept before it was confirmed`,
  );
});

test('killed while 30 accounts are imported', async ({ server: { url } }) => {
  await using browser = await makeKillable();
  let page = await start(browser, url);
  const preview = async (batch: readonly OtpAccount[]) => {
    await openImport(page, url);
    await chooseFile(page, writeOtpauthList(batch));
    await expect(page.getByRole('button', { name: 'Add 30 accounts' })).toBeEnabled();
  };
  const add = async (open: Page) => {
    await open.getByRole('button', { name: 'Add 30 accounts' }).click();
    await expect(open.getByRole('heading', { name: '30 accounts were added.' })).toBeVisible();
  };
  let kept = samples(30);
  await preview(kept);
  const usual = await timed(() => add(page));
  const ends = { none: 0, whole: 0, confirmed: 0 };
  for (let round = 0; round < rounds; round += 1) {
    const batch = samples(30, 101 + round * 100);
    await preview(batch);
    let confirmed = false;
    page = await killedDuring(browser, url, page, Math.random() * 1.3 * usual, async (open) => {
      await add(open);
      confirmed = true;
    });
    const count = await listed(page, [kept.length, kept.length + 30]);
    const whole = count > kept.length;
    if (confirmed) expect(whole, 'what was confirmed is there').toBe(true);
    ends[confirmed ? 'confirmed' : whole ? 'whole' : 'none'] += 1;
    if (whole) kept = [...kept, ...batch];
    await expectCodes(page, kept, url);
  }
  console.log(`${rounds} rounds: ${JSON.stringify(ends)}`);
});

test('killed while a backup takes the place of everything', async ({ server: { url } }) => {
  await using browser = await makeKillable();
  let page = await start(browser, url);
  const ask = async (backed: readonly OtpAccount[]) => {
    await openImport(page, url);
    await chooseFile(page, await sealBackup(backed, password, options));
    await page.getByLabel('Password of the file').fill(password);
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await page.getByRole('button', { name: 'Replace all codes on this device instead' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
  };
  const replace = async (open: Page) => {
    await open.getByRole('dialog').getByRole('button', { name: 'Replace' }).click();
    await expect(open.getByRole('heading', { name: /^This device now has/ })).toBeVisible();
  };
  await bringIn(page, writeOtpauthList(samples(20)), 20, url);
  let kept = samples(25, 500);
  await ask(kept);
  const usual = await timed(() => replace(page));
  const ends = { before: 0, after: 0, confirmed: 0 };
  for (let round = 0; round < rounds; round += 1) {
    const size = kept.length === 10 ? 25 : 10;
    const backed = samples(size, 1_000 + round * 100);
    await ask(backed);
    let confirmed = false;
    page = await killedDuring(browser, url, page, Math.random() * 1.3 * usual, async (open) => {
      await replace(open);
      confirmed = true;
    });
    const replaced = (await listed(page, [kept.length, size])) === size;
    if (confirmed) expect(replaced, 'what was confirmed is there').toBe(true);
    ends[confirmed ? 'confirmed' : replaced ? 'after' : 'before'] += 1;
    if (replaced) kept = backed;
    await expectCodes(page, kept, url);
  }
  console.log(`${rounds} rounds: ${JSON.stringify(ends)}`);
});

// Rounds of moving to a new phone: a test of its own here, with `killedDuring` for the phone that is killed.
