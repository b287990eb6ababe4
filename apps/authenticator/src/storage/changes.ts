/** Tells this page, this app's other pages and its service worker that something was written. */
const channel =
  typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('countersign-authenticator');

export type Changed = 'accounts' | 'codes' | 'hosts' | 'vault';

const listeners: ((what: Changed) => void)[] = [];

export function tellChange(what: Changed): void {
  channel?.postMessage(what);
  // A channel does not tell the page that speaks on it. Of the vault that page needs no telling: it has the new key in
  // its hands only a moment later.
  if (what !== 'vault') for (const listener of listeners) listener(what);
}

export function onChange(listener: (what: Changed) => void): void {
  listeners.push(listener);
  channel?.addEventListener('message', ({ data }: MessageEvent<Changed>) => listener(data));
}
