import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';

type Exported =
  | 'users'
  | 'groups'
  | 'enrollment'
  | 'applications'
  | 'hosts'
  | 'host-groups'
  | 'policies'
  | 'tokens'
  | 'webhooks'
  | 'outbox';

/** Saves all of a list as CSV, whatever is filtered but what `query` names. */
export function ExportButton(props: { of: Exported; query?: Record<string, string> | undefined }) {
  const { of, query } = props;
  return (
    <Button
      variant="default"
      component="a"
      href={`/api/v1/admin/${of}/export?${new URLSearchParams({ format: 'csv', ...query }).toString()}`}
      download
      leftSection={<IconDownload size={18} aria-hidden />}
    >
      Export
    </Button>
  );
}
