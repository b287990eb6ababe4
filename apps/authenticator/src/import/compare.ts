import { encodeBase64url } from '@countersign/protocol';
import type { OtpAccount } from '@countersign/protocol/otp';
import { isSameSecret } from '../codes/duplicates.ts';
import type { CodeFacts } from '../codes/store.ts';

/**
 * What an account of an import is to this device. `here`: the same secret is here. `twice`: it stands further up in the
 * import. `unreadable`: one of its name is here that cannot be read. `same_name`: so is one that can, with another key.
 */
export type Mark = 'new' | 'here' | 'twice' | 'unreadable' | 'same_name';

export interface Comparison {
  /** One for each account that was found. */
  marks: Mark[];
  /** How many codes of this device are not in the import: what replacing would lose. */
  gone: number;
}

/** Those whose codes are the same come in only where the person asks for it. */
export const isWanted = (mark: Mark): boolean => mark !== 'here' && mark !== 'twice';

export function compare(
  found: readonly OtpAccount[],
  here: readonly OtpAccount[],
  unreadable: readonly CodeFacts[],
): Comparison {
  const [ofHere, before, ofFound] = [bySecret(here), new Set<OtpAccount>(), bySecret(found)];
  const names = new Set(here.map(nameKey));
  const unreadableNames = new Set(unreadable.map(nameKey));
  const mark = (account: OtpAccount): Mark => {
    if (ofHere(account).length > 0) return 'here';
    if (ofFound(account).some((other) => before.has(other))) return 'twice';
    if (unreadableNames.has(nameKey(account))) return 'unreadable';
    return names.has(nameKey(account)) ? 'same_name' : 'new';
  };
  const marks = found.map((account) => {
    const marked = mark(account);
    before.add(account);
    return marked;
  });
  return { marks, gone: notAmong(here, found).length + unreadable.length };
}

/** Those whose secret is not among the others'. */
export function notAmong(accounts: readonly OtpAccount[], others: readonly OtpAccount[]): OtpAccount[] {
  const ofOthers = bySecret(others);
  return accounts.filter((account) => ofOthers(account).length === 0);
}

/**
 * What takes the place of everything here. A counter never goes back: a service refuses the codes that it has seen.
 */
export function withLaterCounters(found: readonly OtpAccount[], here: readonly OtpAccount[]): OtpAccount[] {
  const ofHere = bySecret(here);
  return found.map((account) => ({
    ...account,
    counter: Math.max(account.counter, ...ofHere(account).map(({ counter }) => counter)),
  }));
}

/** Finds the accounts with the same secret without comparing each with each. */
function bySecret(accounts: readonly OtpAccount[]): (account: OtpAccount) => OtpAccount[] {
  const known = new Map<string, OtpAccount[]>();
  for (const account of accounts) {
    const same = known.get(keyOf(account));
    if (same) same.push(account);
    else known.set(keyOf(account), [account]);
  }
  return (account) => known.get(keyOf(account))?.filter((each) => isSameSecret(each, account)) ?? [];
}

const keyOf = ({ secret }: OtpAccount): string => encodeBase64url(secret);
const nameKey = ({ issuer, label }: Pick<CodeFacts, 'issuer' | 'label'>): string =>
  JSON.stringify([issuer.trim().toLowerCase(), label.trim().toLowerCase()]);
