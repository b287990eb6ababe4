import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';

/** Saves all of a list as CSV, whatever is filtered. */
export function ExportButton({ of }: { of: 'users' | 'groups' }) {
  return (
    <Button
      variant="default"
      component="a"
      href={`/api/v1/admin/${of}/export`}
      download
      leftSection={<IconDownload size={18} aria-hidden />}
    >
      Export
    </Button>
  );
}
