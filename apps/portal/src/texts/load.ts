import { pickLanguage, tagOf } from '@countersign/ui/language';
import english from './languages/en.ts';
import { speak, type Texts } from './texts.ts';

/** English comes with the page; another language is a file of its own, loaded where it is spoken. */
const others = new Map(
  Object.entries(import.meta.glob<{ default: Texts }>(['./languages/*.ts', '!./languages/en.ts'])).map(
    ([file, load]) => [tagOf(file), load],
  ),
);

export const languageTags = ['en', ...others.keys()];

/** `chosen` is a tag, or undefined to follow the device. */
export async function loadTexts(chosen: string | undefined): Promise<void> {
  const tag = pickLanguage(chosen ? [chosen] : navigator.languages, languageTags);
  const load = others.get(tag);
  const texts = load ? (await load()).default : english;
  // Whoever has British English or Austrian German has its dates too.
  const locale = navigator.languages.find((each) => each.split('-')[0] === tag) ?? tag;
  speak(locale, texts);
  document.documentElement.lang = tag;
}
