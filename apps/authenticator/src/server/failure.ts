import type { Problem } from '@countersign/protocol/wire';

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
export class OfflineError extends Error {
  constructor() {
    super('The server cannot be reached. Check your connection, then try again.');
  }
}

export const codeOf = (error: unknown): string | undefined =>
  error instanceof ProblemError ? error.code : undefined;

/** What to tell a person of any failure. */
export function inWords(error: unknown): string {
  if (error instanceof ProblemError) {
    const { code, retry_after, detail } = error.problem;
    if (code === 'too_many_requests' && retry_after)
      return `Too many tries. Try again in ${retry_after} seconds.`;
    return detail;
  }
  return error instanceof Error ? error.message : 'Something went wrong.';
}
