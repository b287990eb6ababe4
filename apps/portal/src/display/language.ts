import { useSyncExternalStore } from 'react';
import { loadTexts } from '../texts/load.ts';
import { keep, kept } from './kept.ts';

/** The language of the portal: the device's, unless the person who signed in here last chose one. */

const name = 'language';
let chosen = kept(name);
const listeners = new Set<() => void>();

export const useChosenLanguage = (): string | undefined =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => chosen,
  );

/** Before anything is shown. */
export const restoreLanguage = (): Promise<void> => loadTexts(chosen);

/** Undefined follows the device. */
export async function chooseLanguage(tag: string | undefined): Promise<void> {
  if (tag === chosen) return;
  await loadTexts(tag);
  chosen = tag;
  keep(name, tag);
  for (const listener of listeners) listener();
}
