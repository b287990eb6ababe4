import { useSyncExternalStore } from 'react';
import { absolute, exact, minute, timeInWords } from './time-in-words.ts';

/** How often the words are looked at again. */
const tick = minute / 6;

function subscribeToTicks(onChange: () => void): () => void {
  const timer = setInterval(onChange, tick);
  return () => clearInterval(timer);
}
const currentTick = () => Math.ceil(Date.now() / tick);

export function Time({ at, precise = false }: { at: string; precise?: boolean }) {
  const now = useSyncExternalStore(subscribeToTicks, currentTick) * tick;
  const date = new Date(at);
  return (
    <time dateTime={at} title={exact.format(date)}>
      {precise ? absolute.format(date) : timeInWords(date, now)}
    </time>
  );
}
