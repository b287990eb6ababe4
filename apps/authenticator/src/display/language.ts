import { keepAtOnce, readAtOnce } from '../storage/at-once.ts';
import { keepPreference } from '../storage/preferences.ts';
import { loadTexts } from '../texts/load.ts';

/** The language of the app: the device's, unless the person chose one. */
let chosen = readAtOnce('language');

export const chosenLanguage = (): string | undefined => chosen;

/** Before anything is shown. */
export const restoreLanguage = (): Promise<void> => loadTexts(chosen);

/** The service worker reads it from the database, since localStorage is not there for it. @throws StorageError */
export async function chooseLanguage(tag: string | undefined): Promise<void> {
  chosen = tag;
  keepAtOnce('language', tag);
  await loadTexts(tag);
  await keepPreference('language', tag);
}
