import { useSyncExternalStore } from 'react';

/** The address after `#`; app.tsx has the table of them. */
export interface Place {
  path: string[];
  query: URLSearchParams;
}

function read(): Place {
  const [path = '', query = ''] = location.hash.slice(1).split('?');
  return { path: path.split('/').filter(Boolean), query: new URLSearchParams(query) };
}

let place = read();
const listeners = new Set<() => void>();
addEventListener('hashchange', () => {
  place = read();
  listeners.forEach((listener) => listener());
});

export const usePlace = (): Place =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => place,
  );

export function go(path: string): void {
  location.hash = path;
}

/** Takes the place of the present address, so that Back does not lead into a code that is spent. */
export function goInstead(path: string): void {
  history.replaceState(null, '', `#${path}`);
  dispatchEvent(new HashChangeEvent('hashchange'));
}
