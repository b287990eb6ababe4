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

/** The first of the person's languages (BCP 47) that there is; English where there is none. */
export function pickLanguage(wanted: readonly string[], available: readonly string[]): string {
  for (const tag of wanted) {
    const found =
      available.find((each) => each === tag) ?? available.find((each) => each === tag.split('-')[0]);
    if (found) return found;
  }
  return 'en';
}

/** Of a file in the folder: its name is the language's tag. */
export const tagOf = (file: string): string => /([\w-]+)\.ts$/.exec(file)![1]!;
