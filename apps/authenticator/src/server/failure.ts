import type { Problem } from '@countersign/protocol/wire';
import { StorageError } from '../storage/database.ts';
import { LockedError } from '../codes/vault.ts';
import { t } from '../texts/texts.ts';

/** A call that the server refused; `code` is one of the protocol's. */
export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
  get code(): string {
    return this.problem.code;
  }
}

/** The server could not be reached. */
export class OfflineError extends Error {}

export const codeOf = (error: unknown): string | undefined =>
  error instanceof ProblemError ? error.code : undefined;

/** What to tell a person of any failure, in their language; what has no words there, in the server's. */
export function inWords(error: unknown): string {
  if (error instanceof OfflineError) return t.problems.offline;
  if (error instanceof LockedError) return t.problems.locked;
  if (error instanceof StorageError) {
    if (error.kind === 'full') return t.problems.storageFull;
    return error.kind === 'blocked' ? t.storage.blocked : t.problems.storage;
  }
  if (error instanceof ProblemError) {
    const { code, retry_after, detail } = error.problem;
    if (code === 'too_many_requests' && retry_after) return t.problems.tooMany(retry_after);
    return t.problems.codes[code] ?? detail;
  }
  return error instanceof SaidError ? error.message : t.problems.unknown;
}

/** A failure whose message is for the person, in their language. */
export class SaidError extends Error {}
