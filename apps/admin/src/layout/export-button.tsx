import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';

type Exported =
  | 'users'
  | 'groups'
  | 'applications'
  | 'hosts'
  | 'host-groups'
  | 'policies'
  | 'tokens'
  | 'webhooks'
  | 'outbox';

/** Saves all of a list as CSV, whatever is filtered. */
export function ExportButton({ of }: { of: Exported }) {
  return (
    <Button
      variant="default"
      component="a"
      href={`/api/v1/admin/${of}/export?format=csv`}
      download
      leftSection={<IconDownload size={18} aria-hidden />}
    >
      Export
    </Button>
  );
}
