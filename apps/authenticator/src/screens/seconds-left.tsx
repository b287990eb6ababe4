import { useEffect, useState } from 'react';
import { t } from '../texts/texts.ts';

/** Seconds until `expiresAt` by the server's clock, counted down. */
export function useSecondsLeft(expiresAt: string, now: () => number): number {
  const read = () => Math.max(0, Math.ceil((Date.parse(expiresAt) - now()) / 1000));
  const [left, setLeft] = useState(read);
  useEffect(() => {
    setLeft(read());
    const timer = setInterval(() => setLeft(read()), 250);
    return () => clearInterval(timer);
  }, [expiresAt]);
  return left;
}

const circumference = 2 * Math.PI * 20;

/** A ring that runs down, with the seconds in it. */
export function Ring({ seconds, of, small = false }: { seconds: number; of: number; small?: boolean }) {
  const hurry = seconds <= (small ? 5 : 10);
  return (
    <div className={`ring${hurry ? ' hurry' : ''}${small ? ' small' : ''}`}>
      <svg viewBox="0 0 48 48" aria-hidden="true">
        <circle className="ring-track" cx="24" cy="24" r="20" />
        <circle
          className="ring-left"
          cx="24"
          cy="24"
          r="20"
          strokeDasharray={circumference}
          strokeDashoffset={circumference * (1 - Math.min(1, seconds / of))}
        />
      </svg>
      <span className="ring-text" role="timer" aria-label={t.app.seconds(seconds)}>
        {seconds}
      </span>
    </div>
  );
}

/** The ring of a request; said aloud at the half, and near the end. */
export function SecondsLeft({ seconds, of }: { seconds: number; of: number }) {
  const said = [30, 10, 5].includes(seconds) ? t.app.seconds(seconds) : '';
  return (
    <>
      <Ring seconds={seconds} of={of} />
      <span className="visually-hidden" role="status">
        {said}
      </span>
    </>
  );
}
