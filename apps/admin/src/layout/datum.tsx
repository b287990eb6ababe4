import { DataList } from '@mantine/core';
import type { ReactNode } from 'react';

/** One line of what is known of something, in a `DataList`. */
export function Datum({ label, children }: { label: string; children: ReactNode }) {
  return (
    <DataList.Item>
      <DataList.ItemLabel>{label}</DataList.ItemLabel>
      <DataList.ItemValue>{children}</DataList.ItemValue>
    </DataList.Item>
  );
}
