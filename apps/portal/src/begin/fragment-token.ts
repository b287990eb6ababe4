/**
 * The token in the address's fragment, taken out of the address bar as soon as it is read: when this file loads, once,
 * since a page that is being drawn may be drawn again. The tab's own history entry keeps it, unseen, for a reload and for
 * whoever comes back; a visit from another page has none.
 */
const state = history.state as { token?: string } | null;
export const fragmentToken: string | undefined =
  new URLSearchParams(location.hash.slice(1)).get('token') ?? state?.token;

if (location.hash) history.replaceState({ token: fragmentToken }, '', location.pathname);

/** Before the same page is opened anew without it: for a browser that is a reload. */
export const forgetToken = (): void => history.replaceState(null, '', location.pathname);

// A link pasted while its page is open already changes nothing but the fragment.
addEventListener('hashchange', () => location.reload());
