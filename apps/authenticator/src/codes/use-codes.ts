import { useEffect, useState, useSyncExternalStore } from 'react';
import { timeStep, totp } from '@countersign/protocol/otp';
import { onChange } from '../storage/changes.ts';
import { keyOf, listCodes, prepareKeys, type Code, type Totp } from './store.ts';

/** The codes on the screen. Undefined until they were read for the first time. */
let codes: Code[] | undefined;
const listeners = new Set<() => void>();

/** Reads them again, after a change here or in another tab. @throws StorageError */
export async function refreshCodes(): Promise<Code[]> {
  codes = await listCodes();
  // Their keys are ready by the time that the rows ask for them.
  prepareKeys(codes);
  listeners.forEach((listener) => listener());
  return codes;
}

onChange((what) => {
  if (what === 'codes' || what === 'vault') void refreshCodes();
});

export const useCodes = (): Code[] | undefined =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => codes,
  );

/** The time, told once a second at its beginning, so that all timers on the screen move together. */
let now = Date.now();
const tickers = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

function tick(): void {
  now = Date.now();
  tickers.forEach((ticker) => ticker());
  timer = setTimeout(tick, 1000 - (Date.now() % 1000));
}

export const useNow = (): number => useSyncExternalStore(subscribeToTime, () => now);

/** The same function for every row and every drawing: a new one each time would begin the time anew with each drawing. */
function subscribeToTime(ticker: () => void): () => void {
  if (tickers.size === 0) tick();
  tickers.add(ticker);
  return () => {
    tickers.delete(ticker);
    if (tickers.size === 0) clearTimeout(timer);
  };
}

export interface Shown {
  code: string;
  next: string;
}

/** The present code and the next; undefined while they are made, null where the secret cannot be read. */
export function useTotp(account: Totp, time: number): Shown | null | undefined {
  const [shown, setShown] = useState<(Shown & { step: number }) | null>();
  const { period, digits, sealed } = account;
  const step = timeStep(time, period);
  useEffect(() => {
    let current = true;
    const make = async () => {
      const key = await keyOf(account);
      const at = (moment: number) => totp(key, { period, digits }, moment);
      const [code, next] = await Promise.all([at(step * period * 1000), at((step + 1) * period * 1000)]);
      if (current) setShown({ code, next, step });
    };
    make().catch(() => current && setShown(null));
    return () => {
      current = false;
    };
  }, [step, sealed, period, digits]);
  // A code of a step that is over is never shown, not even for the moment in which the next is made.
  return shown && shown.step !== step
    ? shown.step === step - 1
      ? { code: shown.next, next: '' }
      : undefined
    : shown;
}

/** Whole seconds until the present code is over. */
export const secondsLeft = (time: number, period: number): number =>
  period - (Math.floor(time / 1000) % period);
