import { keepPreference, readPreference } from '../storage/preferences.ts';

/** Light, Dark or System; System follows the device at once. */
export type Scheme = 'light' | 'dark' | 'system';

const systemDark = matchMedia('(prefers-color-scheme: dark)');
let chosen: Scheme = 'system';

function apply(): void {
  const dark = chosen === 'dark' || (chosen === 'system' && systemDark.matches);
  document.documentElement.dataset.colorScheme = dark ? 'dark' : 'light';
}

systemDark.addEventListener('change', apply);
apply();

export async function restoreScheme(): Promise<void> {
  chosen = (await readPreference<Scheme>('scheme').catch(() => undefined)) ?? 'system';
  apply();
}

export const presentScheme = (): Scheme => chosen;

/** At once; it holds for this opening even where it cannot be kept. @throws StorageError */
export async function chooseScheme(scheme: Scheme): Promise<void> {
  chosen = scheme;
  apply();
  await keepPreference('scheme', scheme);
}
