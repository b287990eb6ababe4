import { isProblem, secondsInWords } from '@countersign/ui/api';
import { codeProblem } from '@countersign/ui/sign-in';
import { t } from '../texts/texts.ts';

/** Why a code was refused, with when to come back where codes are paused. */
export function totpProblem(error: unknown): string {
  const text = codeProblem(error, 'totp');
  if (!isProblem(error, 'factor_locked') || error.retryAfter === undefined) return text;
  return `${text} ${t.shared.problems.tryAgainIn(secondsInWords(error.retryAfter))}`;
}
