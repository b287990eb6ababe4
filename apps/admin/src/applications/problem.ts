import { ProblemError } from '@countersign/ui/api';

/** What the server says of the member at `path` of the body, or of anything in it, as a sentence. */
export function problemAt(error: unknown, path: string): string | undefined {
  const found = error instanceof ProblemError ? error.problem.errors : undefined;
  const own = found?.find((each) => each.path === path || each.path.startsWith(`${path}/`));
  if (!own) return undefined;
  // Those of SAML end as sentences do.
  return `It ${own.message}${own.message.endsWith('.') ? '' : '.'}`;
}
