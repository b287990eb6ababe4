import { Alert, Button, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { explain } from '../server/explain.ts';

/** What went wrong and what to do now. */
export function Failure(props: { error: unknown; what?: string; retry?: () => unknown }) {
  const { error, what, retry } = props;
  const { sentence, requestId } = explain(error);
  return (
    <Alert color="red" role="alert" title={what} icon={<IconAlertTriangle aria-hidden />} mb="md">
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{sentence}</Text>
        {requestId && (
          <Text size="sm">
            Request id for the log: <code>{requestId}</code>
          </Text>
        )}
        {retry && (
          <Button size="xs" variant="default" onClick={() => void retry()}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
