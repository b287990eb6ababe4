import { inWords, ProblemError } from '@countersign/ui/api';

/** A failure, made ready for a form: a sentence, and what belongs to which field. */
export interface Explanation {
  /** The stable code of a refusal; undefined where the server was not reached at all. */
  code: string | undefined;
  sentence: string;
  /** By the name of the body's member. */
  fields: Record<string, string>;
  reasons: string[];
  requestId: string | undefined;
}

/** Sentences that say more than the server's own: what to do now. */
const advice: Partial<Record<string, string>> = {
  last_owner:
    'This is the last active owner, who cannot be suspended or given another role. Make somebody else an owner first.',
  no_session: 'You are no longer signed in. Sign in again; nothing was changed.',
};

export function explain(error: unknown): Explanation {
  const problem = error instanceof ProblemError ? error.problem : undefined;
  return {
    code: problem?.code,
    sentence: advice[problem?.code ?? ''] ?? inWords(error),
    // The server's messages are about schemas, for programs.
    fields: Object.fromEntries(
      (problem?.errors ?? []).map(({ path }) => [
        path.replace(/^\//, ''),
        'The server does not accept this.',
      ]),
    ),
    reasons: problem?.reasons ?? [],
    requestId: problem !== undefined && problem.status >= 500 ? problem.request_id : undefined,
  };
}
