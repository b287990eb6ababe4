import { second } from '../platform/platform.ts';
import { leastOf, strictest, wantedBy, type Wanted } from '../sso/assurance.ts';

/** What an authorization request asks of the proof, as far as that is ours. */
export interface AskedAssurance {
  /** `acr_values`: any of them will do (OpenID Connect Core section 3.1.2.1). */
  acrValues: string[];
  /** Of the claims parameter: an essential `acr` (section 5.5.1.1). */
  essentialAcr: string[] | undefined;
  /** Seconds; 0 asks for a proof made now. */
  maxAge: number | undefined;
  /** `prompt=login`: likewise. */
  promptLogin: boolean;
}

/** `acr_values` of a request that the library keeps. */
export const namedIn = (params: object | undefined): string[] => {
  const { acr_values } = (params ?? {}) as { acr_values?: string };
  return acr_values === undefined ? [] : acr_values.split(' ');
};

/** The classes that the application named, to be answered with one of them where that is true. */
export const namedClasses = ({
  acrValues,
  essentialAcr,
}: Pick<AskedAssurance, 'acrValues' | 'essentialAcr'>) => essentialAcr ?? acrValues;

/**
 * How sure and how fresh a proof must be, for what was asked and for what the administrator wants; or `unmet` where the
 * application insists on classes of which none is ours. Classes that are merely wished for and unknown are passed over. `now`: milliseconds since 1970.
 */
export function wantedOf(
  asked: AskedAssurance,
  application: Parameters<typeof wantedBy>[0],
  now: number,
): Wanted | 'unmet' {
  const named = leastOf(namedClasses(asked));
  if (asked.essentialAcr && !named) return 'unmet';
  const ages = [
    asked.promptLogin ? 0 : undefined,
    asked.maxAge === undefined ? undefined : asked.maxAge * second,
  ].filter((age) => age !== undefined);
  const freshSince = ages.length === 0 ? 0 : now - Math.min(...ages);
  return strictest(wantedBy(application, now), { acr: named ?? 'urn:countersign:aal1', freshSince });
}

/** What a device or a program wants, of the parameters that the library keeps. */
export const wantedByParams = (
  params: object | undefined,
  application: Parameters<typeof wantedBy>[0],
  now: number,
): Wanted => {
  const { max_age } = (params ?? {}) as { max_age?: string | number };
  const maxAge = max_age === undefined ? undefined : Number(max_age);
  const asked = { acrValues: namedIn(params), essentialAcr: undefined, maxAge, promptLogin: false };
  // Where nothing is essential, nothing is unmet.
  return wantedOf(asked, application, now) as Wanted;
};

/** @throws TypeError for a claims parameter whose `acr` is not of its form. */
export function essentialAcrOf(claim: unknown): string[] | undefined {
  if (typeof claim !== 'object' || claim === null || !('essential' in claim) || claim.essential !== true) {
    return undefined;
  }
  const { value, values } = claim as { value?: unknown; values?: unknown };
  const named = values ?? (value === undefined ? [] : [value]);
  if (!Array.isArray(named) || !named.every((each) => typeof each === 'string')) throw new TypeError();
  return named.length > 0 ? named : undefined;
}
