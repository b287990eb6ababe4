import { goInstead } from '../routing.ts';

/**
 * The key of the codes that come along with a move, between scanning and enrolling: in memory only, since what is part
 * of an address stays in the browser's history.
 */
const keys = new Map<string, string>();

export const offerTransferKey = (code: string, key: string): void => void keys.set(code, key);
export const offeredTransferKey = (code: string): string | undefined => keys.get(code);
export const dropTransferKey = (code: string): void => void keys.delete(code);

/**
 * A move's QR code that the phone's own camera opened: before anything is drawn, also behind the app lock, neither the
 * address bar, nor the history, nor a link that is passed on is to have the key.
 */
export function takeKeyFromAddress(): void {
  const [path, query] = location.hash.slice(1).split('?');
  const [code, key] = ['code', 'key'].map((name) => new URLSearchParams(query).get(name));
  if (path !== '/activate' || !code || !key) return;
  offerTransferKey(code, key);
  goInstead(`/activate?code=${encodeURIComponent(code)}&with=codes`);
}
addEventListener('hashchange', takeKeyFromAddress);
