import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';

/** Saves all of a list as CSV, whatever is filtered but what `query` names. */
export function ExportButton(props: {
  of: 'users' | 'groups' | 'enrollment';
  query?: Record<string, string> | undefined;
}) {
  const { of, query = {} } = props;
  const search = new URLSearchParams(query).toString();
  return (
    <Button
      variant="default"
      component="a"
      href={`/api/v1/admin/${of}/export${search && `?${search}`}`}
      download
      leftSection={<IconDownload size={18} aria-hidden />}
    >
      Export
    </Button>
  );
}
