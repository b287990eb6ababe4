import { toBuffer } from 'qrcode';
import type { Page } from '@playwright/test';
import type { PhoneBrowser } from './phone.ts';

/** A QR code as a picture. */
export const qrPicture = (text: string): Promise<Buffer> =>
  toBuffer(text, { width: 480, margin: 4, errorCorrectionLevel: 'L' });

/** Holds a QR code before the phone's camera, as if it were shown on `page`. */
export async function showCode(phone: PhoneBrowser, page: Page, text: string): Promise<void> {
  const picture = (await qrPicture(text)).toString('base64');
  await page.setContent(`<img id="code" src="data:image/png;base64,${picture}">`);
  await phone.show(page.locator('#code'));
}
