import { useState } from 'react';

/** The token in the address's fragment, taken out of the address bar and of the history as soon as it is read. */
export function useFragmentToken(): string | undefined {
  const [token] = useState(() => {
    const found = new URLSearchParams(location.hash.slice(1)).get('token') ?? undefined;
    if (found) history.replaceState(null, '', location.pathname);
    return found;
  });
  return token;
}
