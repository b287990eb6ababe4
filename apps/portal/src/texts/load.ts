import { pickLanguage, tagOf } from '@countersign/ui/language';
import { speak, type Texts } from './texts.ts';

/** Each language is a file of its own in the build too, and only the one that is spoken is loaded. */
const languages = new Map(
  Object.entries(import.meta.glob<{ default: Texts }>('./languages/*.ts')).map(([file, load]) => [
    tagOf(file),
    load,
  ]),
);

export const languageTags = [...languages.keys()];

/** `chosen` is a tag, or undefined to follow the device. */
export async function loadTexts(chosen: string | undefined): Promise<void> {
  const tag = pickLanguage(chosen ? [chosen] : navigator.languages, languageTags);
  const { default: texts } = await languages.get(tag)!();
  // Whoever has British English or Austrian German has its dates too.
  const locale = navigator.languages.find((each) => each.split('-')[0] === tag) ?? tag;
  speak(locale, texts);
  document.documentElement.lang = tag;
}
