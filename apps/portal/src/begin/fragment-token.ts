/**
 * The token in the address's fragment, taken out of the address bar and the history as soon as it is read: when this file
 * loads, once, since a page that is being drawn may be drawn again.
 */
export const fragmentToken: string | undefined =
  new URLSearchParams(location.hash.slice(1)).get('token') ?? undefined;

if (fragmentToken) history.replaceState(null, '', location.pathname);

// A link pasted while its page is open already changes nothing but the fragment.
addEventListener('hashchange', () => location.reload());
