import { useSyncExternalStore } from 'react';
import type { ImportFound } from '@countersign/protocol/migration';
import { inWords } from '../server/failure.ts';
import type { Pages } from './pages.ts';

/**
 * An import from its first text to what was added, in this page's memory only. It is no part of a screen, so that it
 * outlives the app lock, which takes every screen away; it ends when the person goes elsewhere.
 */
export interface Session {
  /** Something is being read, opened or saved. */
  busy: boolean;
  /** What went wrong, in words. */
  problem?: string;
  /** What to know of the last QR code, in words. */
  hint?: string;
  /** The camera is on. */
  scanning: boolean;
  /** The QR codes of an export that has several, while some are missing. */
  pages?: Pages;
  /** A file that opens with a password. `madeAt`: of a backup of ours, in milliseconds since 1970. */
  sealed?: { text: string; source: string; madeAt?: number };
  found?: Found;
  /** What the person chose otherwise than it was offered, by index. */
  choices: ReadonlyMap<number, boolean>;
  outcome?: Outcome;
}

export interface Found extends ImportFound {
  madeAt?: number;
  /** It was not encrypted, and lies in a file. */
  inPlainFile: boolean;
  missing?: { have: number; of: number };
}

export interface Outcome {
  kind: 'added' | 'replaced';
  added: number;
  leftOut: number;
  found: Found;
}

const nothing: Session = { busy: false, scanning: false, choices: new Map() };

let session: Session = nothing;
/** Grows with each session that ended. */
let generation = 0;
const listeners = new Set<() => void>();

export const presentSession = (): Session => session;

export function change(next: Partial<Session>): void {
  session = { ...session, ...next };
  listeners.forEach((listener) => listener());
}

export const useSession = (): Session =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => session,
  );

/** Everything of it is forgotten. What is still being read then is not taken. */
export const endSession = (): void => {
  session = nothing;
  generation += 1;
  change({});
};

const isImporting = (): boolean => /^#\/import(\/|$)/.test(location.hash);

addEventListener('hashchange', () => {
  if (!isImporting() && session !== nothing) endSession();
});

/**
 * Runs one act at a time: a second one is not begun while it runs, so that nothing is added twice. What `act` returns is
 * taken unless the session ended in between; what it throws is said. Whether all went well and the person is still here.
 */
export async function run(act: () => Promise<Partial<Session>>): Promise<boolean> {
  if (session.busy) return false;
  const mine = generation;
  change({ busy: true, problem: undefined, hint: undefined });
  const next = await act().catch((error: unknown) => ({ problem: inWords(error) }));
  if (mine !== generation) return false;
  change({ ...next, busy: false });
  return next.problem === undefined;
}
