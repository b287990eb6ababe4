import { useEffect, useState } from 'react';
import type { BrandIcon } from './brand-icons.ts';

/** The logo of a service where the app ships one, else the first letter of its name. Nothing is ever fetched from elsewhere. */
let icons: ((issuer: string) => BrandIcon | undefined) | undefined;

let loading: Promise<NonNullable<typeof icons>> | undefined;

/** After what matters: the codes are shown first. */
const loadIcons = (): Promise<NonNullable<typeof icons>> =>
  (loading ??= new Promise((resolve) => {
    setTimeout(() => {
      void import('./brand-icons.ts').then(({ findIcon }) => {
        icons = findIcon;
        resolve(findIcon);
      });
    }, 300);
  }));

export function IssuerIcon({ name }: { name: string }) {
  const [find, setFind] = useState(() => icons);
  useEffect(() => {
    if (icons) return;
    void loadIcons().then((loaded) => setFind(() => loaded));
  }, []);
  const icon = find?.(name);
  if (!icon) {
    return (
      <span className="row-icon" aria-hidden="true">
        {[...name.trim()][0]?.toUpperCase() ?? '·'}
      </span>
    );
  }
  return (
    <span className="row-icon brand" style={{ background: `#${icon.hex}` }} aria-hidden="true">
      <svg viewBox="0 0 24 24" fill={icon.onDark ? '#fff' : '#000'}>
        <path d={icon.path} />
      </svg>
    </span>
  );
}
