import type { Texts } from './languages/en.ts';

/** The texts of the language that is chosen; loaded before anything is shown, by load.ts or by the service worker. */
export type { Texts };

/** A live binding: every use reads what is chosen at that moment. */
export let t: Texts;
let present = 'en';

/** For Intl. */
export const presentLanguage = (): string => present;

export function speak(tag: string, texts: Texts): void {
  t = texts;
  present = tag;
}
