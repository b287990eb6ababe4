import { useEffect, useState } from 'react';

/** Seconds until `expiresAt`, counted down; 0 without one. */
export function useSecondsLeft(expiresAt: string | undefined): number {
  const read = () => (expiresAt ? Math.max(0, Math.ceil((Date.parse(expiresAt) - Date.now()) / 1000)) : 0);
  const [left, setLeft] = useState(read);
  useEffect(() => {
    setLeft(read());
    const timer = setInterval(() => setLeft(read()), 500);
    return () => clearInterval(timer);
  }, [expiresAt]);
  return left;
}
