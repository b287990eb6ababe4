/** The two ends of an import. */
import type { Findings } from './entry.ts';
import type { ImportProblem, ImportResult, ImportSource } from './result.ts';

export const problem = (name: ImportProblem): ImportResult => ({ kind: 'problem', problem: name });

/** A file without a single entry is `empty`. */
export const foundIn = (source: ImportSource, findings: Findings): ImportResult =>
  findings.accounts.length + findings.skipped.length === 0
    ? problem('empty')
    : { kind: 'found', source, ...findings };
