import { keepPreference, readPreference } from '../accounts/database.ts';

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
  chosen = (await readPreference<Scheme>('scheme')) ?? 'system';
  apply();
}

export const presentScheme = (): Scheme => chosen;

export function chooseScheme(scheme: Scheme): void {
  chosen = scheme;
  apply();
  void keepPreference('scheme', scheme);
}
