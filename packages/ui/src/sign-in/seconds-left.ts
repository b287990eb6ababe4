import { useEffect, useState } from 'react';
import { serverNow } from '../api.ts';

/** Seconds until `expiresAt`, counted down by the server's clock; 0 without one. */
export function useSecondsLeft(expiresAt: string | undefined): number {
  const read = () => (expiresAt ? Math.max(0, Math.ceil((Date.parse(expiresAt) - serverNow()) / 1000)) : 0);
  const [left, setLeft] = useState(read);
  useEffect(() => {
    setLeft(read());
    const timer = setInterval(() => setLeft(read()), 500);
    return () => clearInterval(timer);
  }, [expiresAt]);
  return left;
}
