import type { Application } from '@countersign/protocol/wire';
import { useSaved } from '../layout/use-saved.ts';

/** A change that answers with the application as it is afterwards. */
export const useApplicationChange = <Argument>(
  act: (argument: Argument) => Promise<Application>,
  done: string,
) => useSaved('application', act, done);
