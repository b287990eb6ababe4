import { useSyncExternalStore } from 'react';

/** From here on the list and the details stand side by side. The same width is in app.css. */
const query = matchMedia('(min-width: 880px)');

export const useWide = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      query.addEventListener('change', listener);
      return () => query.removeEventListener('change', listener);
    },
    () => query.matches,
  );
