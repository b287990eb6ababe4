import { Mark } from '@countersign/ui';
import { ArrivalTitle } from '@countersign/ui/sign-in';
import { Group, Paper, Stack, Text } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import { useDiscovery } from '../session.ts';

/** A page with one thing on it, in a card, under the organisation's name. */
export function NarrowPage({
  title,
  children,
  below,
}: {
  title: string;
  children: ReactNode;
  below?: ReactNode;
}) {
  const { data } = useDiscovery();
  const organization = data?.organization.name ?? '';
  useEffect(() => {
    document.title = organization ? `${title} · ${organization}` : title;
  }, [title, organization]);
  return (
    <main className="narrow">
      <Group gap="sm" justify="center" wrap="nowrap" mb="lg" mih={36}>
        <Mark size={36} />
        <Text fw={650} fz="lg" miw={0} style={{ overflowWrap: 'anywhere' }}>
          {organization}
        </Text>
      </Group>
      <Paper withBorder radius="lg" p={{ base: 'md', xs: 'xl' }} shadow="sm">
        <Stack gap="md">
          <ArrivalTitle order={1} key={title}>
            {title}
          </ArrivalTitle>
          {children}
        </Stack>
      </Paper>
      {below}
    </main>
  );
}
