import type { Device } from '@countersign/protocol/wire';

/** What this device says of itself. */

export const appVersion = '0.1.0';

export function platformOf({
  userAgent,
  maxTouchPoints,
}: Pick<Navigator, 'userAgent' | 'maxTouchPoints'>): Device['platform'] {
  if (/iPhone|iPad|iPod/.test(userAgent)) return 'ios';
  // iPadOS says that it is a Mac; a Mac has no touch screen.
  if (/Macintosh/.test(userAgent) && maxTouchPoints > 1) return 'ios';
  return /Android/.test(userAgent) ? 'android' : 'other';
}

/** A name that its owner would recognise; they can change it. */
export function guessDeviceName({
  userAgent,
  maxTouchPoints,
}: Pick<Navigator, 'userAgent' | 'maxTouchPoints'>): string {
  const model = /Android [^;]+; ([^;)]+)/.exec(userAgent)?.[1];
  if (model && model !== 'K') return model.trim();
  if (/iPad|Macintosh/.test(userAgent) && maxTouchPoints > 1) return 'iPad';
  if (/iPhone/.test(userAgent)) return 'iPhone';
  if (/Android/.test(userAgent)) return 'Android phone';
  if (/Macintosh/.test(userAgent)) return 'Mac';
  return /Windows/.test(userAgent) ? 'Windows computer' : 'This device';
}

export const isInstalled = (): boolean =>
  matchMedia('(display-mode: standalone)').matches ||
  (navigator as { standalone?: boolean }).standalone === true;

/** Safari on iOS gives the Home Screen app a storage of its own: what is enrolled in the tab would be lost to it. */
export const mustInstallFirst = (): boolean => platformOf(navigator) === 'ios' && !isInstalled();

export const thisDevice = (name: string): Device => ({
  name,
  platform: platformOf(navigator),
  app_version: appVersion,
});
