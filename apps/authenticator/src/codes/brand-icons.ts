import * as brands from './brands.ts';

/** The logo of a service. Loaded when the first code is shown; part of what works offline. */

export interface BrandIcon {
  path: string;
  /** The brand's colour, six hexadecimal digits. */
  hex: string;
  /** Whether the colour is so dark that white stands out on it. */
  onDark: boolean;
}

/** Letters and digits only, so that "Ko-fi", "ko fi" and "KoFi" are one name. */
const plain = (name: string): string =>
  name
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]/g, '');

const byName = new Map(
  Object.values(brands).map(({ title, path, hex }) => [plain(title), { path, hex, onDark: isDark(hex) }]),
);

/** By the whole name, by a domain without its ending, then by its first word. */
export function findIcon(issuer: string): BrandIcon | undefined {
  const domain = /^(?:www\.)?([^\s/]+)\.[a-z]{2,}$/i.exec(issuer.trim())?.[1];
  const firstWord = issuer.trim().split(/[\s:/(]+/)[0] ?? '';
  for (const name of [issuer, domain?.split('.').at(-1) ?? '', firstWord]) {
    const icon = byName.get(plain(name));
    if (icon) return icon;
  }
  return undefined;
}

/** By relative luminance (WCAG 2.2): below this, white on it has more contrast than black. */
function isDark(hex: string): boolean {
  const [r, g, b] = [0, 2, 4].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b < 0.179;
}
