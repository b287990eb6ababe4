import { keepPreference, readPreference } from '../storage/preferences.ts';
import { loadTexts } from '../texts/load.ts';

/** The language of the app: the device's, unless the person chose one. */
let chosen: string | undefined;

export const chosenLanguage = (): string | undefined => chosen;

/** Before anything is shown. Where the storage cannot be read, the device's language. */
export async function restoreLanguage(): Promise<void> {
  chosen = await readPreference<string>('language').catch(() => undefined);
  await loadTexts(chosen);
}

/** @throws StorageError */
export async function chooseLanguage(tag: string | undefined): Promise<void> {
  chosen = tag;
  await loadTexts(tag);
  await keepPreference('language', tag);
}
