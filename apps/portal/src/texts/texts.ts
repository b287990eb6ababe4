import { speakShared } from '@countersign/ui/texts';
import type { Texts } from './languages/en.ts';

/** The texts of the language that is chosen; loaded before anything is shown, by load.ts. */
export type { Texts };

/** A live binding: every use reads what is chosen at that moment. */
export let t: Texts;
let present = 'en';

/** For Intl. */
export const presentLanguage = (): string => present;

/** `locale` is for dates and numbers: the person's own kind of the language. */
export function speak(locale: string, texts: Texts): void {
  t = texts;
  present = locale;
  speakShared(texts.shared);
}
