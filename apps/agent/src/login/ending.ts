import type { Asked, LastWord } from '../relay/lines.ts';
import type { Effects } from './effects.ts';

/** How a conversation ended, and why, for the log. */
export interface Ending {
  last: LastWord;
  why: string;
}
export const ending = (last: LastWord, why: string): Ending => ({ last, why });

/** What all steps of one conversation share. */
export interface Conversation extends Effects {
  asked: Asked;
  /** Marks that something was said, after which no outage lets anybody in without a code. */
  ask(text: string): Promise<string>;
  tell(text: string): void;
  spoken(): boolean;
  /** Milliseconds until the last word has to be said. */
  left(): number;
  /** Aborted when the caller has gone or the time is over. */
  over: AbortSignal;
}

/** The server went out of reach. `typed` is what was typed last, which may have been an offline code. */
export interface Outage {
  outage: string;
  typed?: string;
}
