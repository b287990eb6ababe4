/** Tells this app's other pages and its service worker that something was written, and hears it from them. */
const channel =
  typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('countersign-authenticator');

export type Changed = 'accounts' | 'codes' | 'vault';

export const tellChange = (what: Changed): void => channel?.postMessage(what);

export function onChange(listener: (what: Changed) => void): void {
  channel?.addEventListener('message', ({ data }: MessageEvent<Changed>) => listener(data));
}
