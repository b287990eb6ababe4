import type { Acr, PolicyEffect } from '@countersign/protocol/wire';
import type { ApplicationRow } from '../applications/store.ts';
import { minute } from '../platform/platform.ts';
import { isMetBy, type Proven } from '../policy/rules.ts';
import { actLifetime } from '../sessions/sessions.ts';

/** How surely, and how lately, a person must have proven who they are for an application: pure. */

const levels: readonly Acr[] = ['urn:countersign:aal1', 'urn:countersign:aal2', 'urn:countersign:phr'];

const reaches = (acr: Acr, least: Acr): boolean => levels.indexOf(acr) >= levels.indexOf(least);

export interface Wanted {
  /** The least context class. */
  acr: Acr;
  /** Proven since then: milliseconds since 1970, 0 for whenever. */
  freshSince: number;
}

/** What the administrator wants of a proof for an application, whatever that asks for by itself. */
export const wantedBy = (
  { step_up, session_minutes }: Pick<ApplicationRow, 'step_up' | 'session_minutes'>,
  now: number,
): Wanted => ({
  acr: step_up === 1 ? 'urn:countersign:aal2' : 'urn:countersign:aal1',
  freshSince: Math.max(
    step_up === 1 ? now - actLifetime : 0,
    session_minutes === null ? 0 : now - session_minutes * minute,
  ),
});

/** What is enough for both. */
export const strictest = (one: Wanted, other: Wanted): Wanted => ({
  acr: higherOf(one.acr, other.acr),
  freshSince: Math.max(one.freshSince, other.freshSince),
});

/** What a person proved, by signing in or by a step-up for this application. */
export interface Proof {
  acr: Acr;
  amr: readonly string[];
  /** Milliseconds since 1970. */
  at: number;
  /** By what exactly; null for a password, and where nobody knows. */
  proven: Proven | null;
}

/** One proof must be sure and late enough, and what the rule of the policies asks for: two together are not. */
export const isEnough = (proof: Proof, { acr, freshSince }: Wanted, effect: PolicyEffect): boolean =>
  reaches(proof.acr, acr) && proof.at >= freshSince && isMetBy(effect, proof.proven);

/** What is wanted where a rule wants it fresh. `now`: milliseconds since 1970. */
export const freshenedBy = ({ fresh_minutes }: PolicyEffect, wanted: Wanted, now: number): Wanted =>
  fresh_minutes === undefined
    ? wanted
    : { ...wanted, freshSince: Math.max(wanted.freshSince, now - fresh_minutes * minute) };

/** Of the classes that an application names, any of which will do, the least that is ours; undefined where none is. */
export const leastOf = (named: readonly string[]): Acr | undefined =>
  levels.find((level) => named.includes(level));

/**
 * What is said to have been reached: the highest class that was asked for and is true, so that whoever compares finds it
 * (OpenID Connect Core section 5.5.1.1); else what was really reached.
 */
export const statedAcr = (reached: Acr, named: readonly string[]): Acr =>
  levels.findLast((level) => named.includes(level) && reaches(reached, level)) ?? reached;

export const higherOf = (one: Acr, other: Acr): Acr => (reaches(one, other) ? one : other);
