import type { Texts } from './languages/en.ts';

/** The texts of the language that is chosen, loaded before anything is shown. */
export type { Texts };

type Language = () => Promise<{ default: Texts }>;

/** Every file of the folder is a language; its name is the language's tag (BCP 47). */
const languages = Object.fromEntries(
  Object.entries(import.meta.glob<{ default: Texts }>('./languages/*.ts')).map(([file, load]) => [
    /([\w-]+)\.ts$/.exec(file)![1]!,
    load as Language,
  ]),
);

/** A live binding: every use reads what is chosen at that moment. */
export let t: Texts;
let present = 'en';

export const languageTags = Object.keys(languages);
/** For Intl. */
export const presentLanguage = (): string => present;

/** The first of the person's languages that there is; English where there is none. */
export function pickLanguage(wanted: readonly string[], available: readonly string[] = languageTags): string {
  for (const tag of wanted) {
    const found =
      available.find((each) => each === tag) ?? available.find((each) => each === tag.split('-')[0]);
    if (found) return found;
  }
  return 'en';
}

/** `chosen` is a tag, or undefined to follow the device. */
export async function loadTexts(chosen: string | undefined): Promise<void> {
  const tag = pickLanguage(chosen ? [chosen] : navigator.languages);
  t = (await languages[tag]!()).default;
  present = tag;
  document.documentElement.lang = tag;
}
