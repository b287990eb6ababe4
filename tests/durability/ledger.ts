import type { Browser } from '../support/browser.ts';
import type { Phone } from '../support/phone.ts';

/** Everything that a server acknowledged with a 2xx: what must be there, whatever happened to the server since. */

export interface Person {
  login: string;
  browser: Browser;
  phone: Phone;
  /** The session cookie of the last sign-in that was acknowledged, and whether it was then ended. */
  session?: { token: string; ended: boolean };
  /** A call that changes the session got no answer: nobody knows whether it happened. */
  uncertain: boolean;
}

export class Ledger {
  readonly begun = new Set<string>();
  readonly asked = new Set<string>();
  /** By request; two for one request would be an error by itself. */
  readonly answers = new Map<string, string[]>();
  readonly completed = new Set<string>();
  /** Session cookies that were ended. */
  readonly ended = new Map<string, Person>();
  /** All acknowledged writes so far. */
  count = 0;

  add(set: Set<string>, id: string): void {
    set.add(id);
    this.count += 1;
  }

  addAnswer(request: string, state: string): void {
    this.answers.set(request, [...(this.answers.get(request) ?? []), state]);
    this.count += 1;
  }
}
