import { t } from '../texts/texts.ts';

/** The first that the user agent names; the later ones name themselves as well as those they descend from. */
const browsers: [RegExp, string][] = [
  [/Edg(e|A|iOS)?\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const systems: [RegExp, string][] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'Mac'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];

const named = (list: [RegExp, string][], agent: string) => list.find(([pattern]) => pattern.test(agent))?.[1];

/** A name for a passkey of this browser, which its owner can change. */
export function proposedName(agent = navigator.userAgent): string {
  const browser = named(browsers, agent);
  const system = named(systems, agent);
  return browser && system ? t.passkeys.nameOn(browser, system) : t.passkeys.nameAlone;
}
