import type { Authentication, Factor } from '@countersign/protocol/wire';
import { canUsePasskeys } from '../passkey.ts';
import { t } from '../texts.ts';

/** The ways in which an authentication can be confirmed, as a person chooses among them. */

export type Phone = Extract<Factor, { kind: 'push' }>;

export const isPhone = (factor: Factor): factor is Phone => factor.kind === 'push';

/** What this browser can do of what is offered: a phone each, and the other kinds. */
export function waysOf({ factors }: Authentication): Factor[] {
  const possible = factors.filter(({ kind }) => kind !== 'passkey' || canUsePasskeys());
  // A passkey that is the only way is shown all the same, so that the page can say what is missing.
  return possible.length > 0 ? possible : factors;
}

/** The way to begin with: the phone that is being asked, else the preferred kind. */
export function firstWay(authentication: Authentication): Factor['kind'] | undefined {
  const ways = waysOf(authentication);
  if (authentication.push?.state === 'pending') return 'push';
  return (ways.find(({ kind }) => kind === authentication.preferred) ?? ways[0])?.kind;
}

const chosenWay = 'countersign.way';

/** A reload comes back to the way that was chosen, and not to the one that is first. */
export const keepWay = ({ id }: Authentication, { kind }: Factor): void =>
  sessionStorage.setItem(chosenWay, `${id} ${kind}`);

export const keptWay = (authentication: Authentication): Factor['kind'] | undefined =>
  waysOf(authentication).find(
    ({ kind }) => sessionStorage.getItem(chosenWay) === `${authentication.id} ${kind}`,
  )?.kind;

export const nameOfWay = (way: Factor): string =>
  isPhone(way) ? t.ways.push(way.device.name) : t.ways[way.kind];
