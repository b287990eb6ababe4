import type { ApplicationRow } from '../applications/store.ts';
import { strictest, wantedBy, type Wanted } from '../sso/assurance.ts';
import { levelsFor, type RequestedAuthnContext } from './authn-context.ts';
import type { NameId } from './name-id.ts';
import { nameIdFormats } from './names.ts';
import type { AuthnRequest } from './receive/authn-request.ts';
import type { Chosen } from './service-providers.ts';

/** What of a request counts for its answer; kept while the person proves who they are. */
export interface Asked {
  /** The request's id; undefined where we begin (Profiles, section 4.1.5). */
  inResponseTo?: string;
  /** A registered one. */
  acsUrl: string;
  relayState?: string;
  /** Of the NameID; undefined or unspecified: any. */
  nameIdFormat?: string;
  spNameQualifier?: string;
  requestedAuthnContext?: RequestedAuthnContext;
  isPassive: boolean;
  /** Of ForceAuthn: since when the person must have proven who they are (milliseconds since 1970); 0 for whenever. */
  freshSince: number;
  /** Whom it must be about (Core, section 3.4.1). */
  subject?: NameId;
}

export const askedBy = (request: AuthnRequest, now: number): Asked => ({
  inResponseTo: request.id,
  acsUrl: request.acsUrl,
  relayState: request.relayState,
  nameIdFormat: request.nameIdPolicy?.format,
  spNameQualifier: request.nameIdPolicy?.spNameQualifier,
  requestedAuthnContext: request.requestedAuthnContext,
  isPassive: request.isPassive,
  freshSince: request.forceAuthn ? now : 0,
  subject: request.subject,
});

/** How sure and how fresh the proof must be; undefined where nothing that we can do would satisfy the request. */
export function wantedOf(
  { requestedAuthnContext, freshSince }: Asked,
  application: Pick<ApplicationRow, 'step_up' | 'session_minutes'>,
  now: number,
): Wanted | undefined {
  const [acr] = levelsFor(requestedAuthnContext);
  return acr && strictest(wantedBy(application, now), { acr, freshSince });
}

type Format = Chosen['name_id_format'];

/**
 * The format of the NameID (Core, section 3.4.1.1): the administrator's choice, or the one that the request insists on,
 * where that tells no more of the person than the choice does. Undefined: InvalidNameIDPolicy.
 */
export function nameIdFormatFor(
  { nameIdFormat, spNameQualifier }: Asked,
  chosen: Format,
  entityId: string,
): Format | undefined {
  // Of an affiliation's name nothing is registered here.
  if (spNameQualifier !== undefined && spNameQualifier !== entityId) return undefined;
  if (nameIdFormat === undefined || nameIdFormat === nameIdFormats.unspecified) return chosen;
  if (nameIdFormat === nameIdFormats[chosen]) return chosen;
  return (['persistent', 'transient'] as const).find((format) => nameIdFormats[format] === nameIdFormat);
}

/** Whether the one stands for the other: what is not said is no difference (Core, section 3.3.4). */
export const isNamedAs = (asked: NameId, told: NameId): boolean =>
  asked.value === told.value &&
  [undefined, nameIdFormats.unspecified, told.format].includes(asked.format) &&
  [undefined, told.nameQualifier].includes(asked.nameQualifier) &&
  [undefined, told.spNameQualifier].includes(asked.spNameQualifier);
