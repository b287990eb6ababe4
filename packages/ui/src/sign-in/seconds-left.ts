import { useEffect, useState } from 'react';
import { serverNow } from '../api.ts';

/**
 * Seconds until `expiresAt`, counted down by the server's clock; 0 without one. That clock is known by the whole second
 * before: whoever waits rounds up, and what is shown as left rounds down, or it would be a second more than there is.
 */
export function useSecondsLeft(expiresAt: string | undefined, round = Math.ceil): number {
  const read = () => (expiresAt ? Math.max(0, round((Date.parse(expiresAt) - serverNow()) / 1000)) : 0);
  const [left, setLeft] = useState(read);
  useEffect(() => {
    setLeft(read());
    const timer = setInterval(() => setLeft(read()), 500);
    return () => clearInterval(timer);
  }, [expiresAt]);
  return left;
}
