import { Button, Stack } from '@mantine/core';
import { isProblem } from '@countersign/ui/api';
import { StepUpCancelled } from '@countersign/ui/sign-in';
import { explain } from '../server/explain.ts';
import { Callout } from './callout.tsx';
import { useEditing, WhoChanged } from './edited.tsx';
import styles from './failure.module.css';

/** What went wrong and what to do now. */
export function Failure(props: { error: unknown; what?: string; retry?: () => unknown }) {
  const { error, what, retry } = props;
  const { overtaken } = useEditing();
  if (overtaken && isProblem(error, 'changed_meanwhile')) return null;
  // The person closed the dialog themselves, and knows.
  if (error instanceof StepUpCancelled) return null;
  const { sentence, requestId } = explain(error);
  return (
    <div className={styles.failure}>
      <Callout tone="danger" role="alert" title={what}>
        <Stack gap="sm" align="flex-start">
          <span>
            {sentence}{' '}
            {isProblem(error, 'policy_changed') && <WhoChanged changes={{ type: 'policy.changed' }} />}
          </span>
          {requestId && (
            <span>
              Request id for the log: <code>{requestId}</code>
            </span>
          )}
          {retry && (
            <Button size="xs" variant="default" onClick={() => void retry()}>
              Try again
            </Button>
          )}
        </Stack>
      </Callout>
    </div>
  );
}
