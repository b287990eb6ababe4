import { pickLanguage, tagOf } from '@countersign/ui/language';
import { readPreference } from '../storage/preferences.ts';
import { speak, type Texts } from '../texts/texts.ts';

/** For the service worker, which is one file: all languages are in it. */
const languages = new Map(
  Object.entries(import.meta.glob<Texts>('../texts/languages/*.ts', { eager: true, import: 'default' })).map(
    ([file, texts]) => [tagOf(file), texts],
  ),
);

/** Before anything is said. */
export async function restoreTexts(): Promise<void> {
  const chosen = await readPreference<string>('language').catch(() => undefined);
  const tag = pickLanguage(chosen ? [chosen] : navigator.languages, [...languages.keys()]);
  speak(tag, languages.get(tag)!);
}
