/** The two ends of an import. */
import { shownName } from '../otp/name.ts';
import type { Findings } from './entry.ts';
import type { ImportFound, ImportProblem, ImportResult, ImportSource } from './result.ts';

/** In characters: many times more than any name has, and so little that thousands of accounts fit into one backup. */
const longestName = 500;

export const problem = (name: ImportProblem): ImportResult => ({ kind: 'problem', problem: name });

/** A file without a single entry is `empty`. What has a name without end is skipped. */
export function foundIn(
  source: ImportSource,
  { accounts, skipped }: Findings,
  more: Pick<ImportFound, 'page'> = {},
): ImportResult {
  if (accounts.length + skipped.length === 0) return problem('empty');
  const named = accounts.filter(({ issuer, label }) => issuer.length + label.length <= longestName);
  const endless = accounts
    .filter((account) => !named.includes(account))
    .map(({ issuer, label }) => ({
      name: `${shownName(issuer, label).slice(0, 60)}…`,
      reason: 'name_too_long' as const,
    }));
  return { kind: 'found', source, accounts: named, skipped: [...skipped, ...endless], ...more };
}
