import { expect, test } from './support/test.ts';
test('ok', async ({ page, server }) => { await page.goto('/health/ready'); expect(page.url()).toContain(server.url); console.log(await page.content()); });
test('bad', async ({ page }) => { await page.goto('/health/ready'); expect(1).toBe(2); });
test.skip('later', async () => {});
