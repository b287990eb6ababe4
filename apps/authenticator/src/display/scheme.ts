import { keepAtOnce, readAtOnce } from '../storage/at-once.ts';

/** Light, Dark or System; System follows the device at once. */
export const schemes = ['light', 'dark', 'system'] as const;
export type Scheme = (typeof schemes)[number];

const systemDark = matchMedia('(prefers-color-scheme: dark)');
let chosen: Scheme = schemes.find((each) => each === readAtOnce('scheme')) ?? 'system';

function apply(): void {
  const dark = chosen === 'dark' || (chosen === 'system' && systemDark.matches);
  document.documentElement.dataset.colorScheme = dark ? 'dark' : 'light';
}

systemDark.addEventListener('change', apply);
apply();

export const presentScheme = (): Scheme => chosen;

/** At once; it holds for this opening even where it cannot be kept. */
export function chooseScheme(scheme: Scheme): void {
  chosen = scheme;
  apply();
  keepAtOnce('scheme', scheme);
}
