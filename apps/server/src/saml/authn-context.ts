import type { Acr } from '@countersign/protocol/wire';

/**
 * RequestedAuthnContext (Core, section 3.3.2.2.1) against what we can do: before a sign-in, which of our levels would
 * do; after it, what may truthfully be stated of what happened.
 */
export interface RequestedAuthnContext {
  comparison: 'exact' | 'minimum' | 'maximum' | 'better';
  /** In the order of the service provider's preference. */
  classRefs: readonly string[];
}

/** What really happened. */
export interface Reached {
  acr: Acr;
  /** RFC 8176, as the session keeps them. */
  amr: readonly string[];
}

const levels: readonly Acr[] = ['urn:countersign:aal1', 'urn:countersign:aal2', 'urn:countersign:phr'];
const rankOf = (level: Acr): number => levels.indexOf(level);

interface ContextClass {
  /** How strong it is; somebody at a higher level did all of that too. */
  level: Acr;
  /** A method without which it would be untrue. */
  method?: string;
}

const standard = 'urn:oasis:names:tc:SAML:2.0:ac:classes';
const passwordProtectedTransport = `${standard}:PasswordProtectedTransport`;

/** SAML 2.0 Authentication Context, section 3.4, as far as we do what it describes; REFEDS profiles; our levels. */
const classes = new Map<string, ContextClass>([
  [`${standard}:unspecified`, { level: 'urn:countersign:aal1' }],
  [`${standard}:Password`, { level: 'urn:countersign:aal1', method: 'pwd' }],
  [passwordProtectedTransport, { level: 'urn:countersign:aal1', method: 'pwd' }],
  ['https://refeds.org/profile/sfa', { level: 'urn:countersign:aal1' }],
  [`${standard}:TimeSyncToken`, { level: 'urn:countersign:aal2', method: 'otp' }],
  // A key in the phone that is enrolled for the person, beside the password or the phone's own lock.
  [`${standard}:MobileTwoFactorContract`, { level: 'urn:countersign:aal2', method: 'pop' }],
  ['https://refeds.org/profile/mfa', { level: 'urn:countersign:aal2' }],
  ...levels.map((level): [string, ContextClass] => [level, { level }]),
]);

const isTrue = ({ level, method }: ContextClass, { acr, amr }: Reached): boolean =>
  rankOf(acr) >= rankOf(level) && (method === undefined || amr.includes(method));

interface Known extends ContextClass {
  classRef: string;
}

/** Those of the request that we know, in its order. */
const knownOf = ({ classRefs }: RequestedAuthnContext): Known[] =>
  classRefs.flatMap((classRef) => {
    const found = classes.get(classRef);
    return found ? [{ classRef, ...found }] : [];
  });

/**
 * The levels with which the request can be satisfied, the lowest first; none: to be answered with NoAuthnContext. A
 * class may want a method too (TimeSyncToken a code), so that {@link statedContext} has the last word.
 */
export function levelsFor(requested: RequestedAuthnContext | undefined): Acr[] {
  if (!requested) return [...levels];
  const known = knownOf(requested);
  const ranks = known.map(({ level }) => rankOf(level));
  if (known.length === 0) return [];
  const [lowest, highest] = [Math.min(...ranks), Math.max(...ranks)];
  switch (requested.comparison) {
    case 'exact':
    case 'minimum':
      return levels.slice(lowest);
    case 'maximum':
      // Whoever is at a higher level also did what the class describes, and no more is stated of them.
      return [...levels];
    case 'better':
      // What is stronger than a class that we do not know, we cannot say.
      return known.length < requested.classRefs.length ? [] : levels.slice(highest + 1);
  }
}

/**
 * The AuthnContextClassRef that answers the request and is true; undefined where nothing is both, which is to be
 * answered with NoAuthnContext.
 */
export function statedContext(
  requested: RequestedAuthnContext | undefined,
  reached: Reached,
): string | undefined {
  if (!requested) return plainContext(reached);
  const known = knownOf(requested);
  const held = known.filter((each) => isTrue(each, reached));
  const ranks = known.map(({ level }) => rankOf(level));
  const rank = rankOf(reached.acr);
  switch (requested.comparison) {
    case 'exact':
      return held[0]?.classRef;
    case 'minimum':
      // Only the strength counts; in the service provider's own word where that is true and says all of it.
      if (!ranks.some((each) => each <= rank)) return undefined;
      return held.find(({ level }) => level === reached.acr)?.classRef ?? plainContext(reached);
    case 'maximum': {
      // As strong as possible without exceeding the strongest of them.
      const strongest = Math.max(...held.map(({ level }) => rankOf(level)));
      const stated = held.find(({ level }) => rankOf(level) === strongest)?.classRef;
      return stated ?? (rank <= Math.max(...ranks) ? plainContext(reached) : undefined);
    }
    case 'better':
      return levelsFor(requested).includes(reached.acr) ? reached.acr : undefined;
  }
}

/** Where nothing was asked for: our level, or the class that every service provider knows for a password alone. */
const plainContext = (reached: Reached): string =>
  reached.acr === 'urn:countersign:aal1' && reached.amr.includes('pwd')
    ? passwordProtectedTransport
    : reached.acr;
