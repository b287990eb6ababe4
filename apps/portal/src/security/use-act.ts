import { inWords } from '@countersign/ui/api';
import { StepUpCancelled, withStepUp } from '@countersign/ui/sign-in';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

/**
 * An act on the account, confirmed where the server asks for that, after which everything is read anew. A person who
 * cancels the confirmation is told nothing; what else stands in the way is `problem`.
 */
export function useAct() {
  const queries = useQueryClient();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  /** Undefined where nothing was done. */
  const act = async <T>(what: () => Promise<T>): Promise<{ result: T } | undefined> => {
    setProblem(undefined);
    setBusy(true);
    try {
      const result = await withStepUp(what);
      await queries.invalidateQueries();
      return { result };
    } catch (error) {
      if (!(error instanceof StepUpCancelled)) setProblem(inWords(error));
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  return { act, problem, busy };
}
