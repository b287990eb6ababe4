import type { Language } from '@countersign/protocol/wire';
import { de } from './languages/de.ts';
import { en, type Letters } from './languages/en.ts';

/** A language is one file, named in one line here and in the `Language` of the wire. */
const languages: Record<Language, Letters> = { en, de };

export const lettersIn = (language: Language): Letters => languages[language];

/** That of a person's tag (BCP 47) where there is one, else the organisation's. */
export function languageOf(tag: string | null | undefined, organization: Language): Language {
  const primary = tag?.toLowerCase().split('-')[0] ?? '';
  return Object.hasOwn(languages, primary) ? (primary as Language) : organization;
}
