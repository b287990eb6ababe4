import { Alert, Card, Group, Loader, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { inWords } from '@countersign/ui/api';
import { t } from '../texts/texts.ts';

/** A card of a page: a heading, a sentence, and what belongs to it. */
export function SectionCard({
  title,
  text,
  order = 2,
  aside,
  children,
}: {
  title: string;
  text?: string;
  /** Of the heading: 3 for a card that belongs to a section. */
  order?: 2 | 3;
  /** Beside the heading. */
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <Card component="section" aria-label={title} withBorder radius="lg" padding="lg" bg="var(--cs-surface)">
      <Stack>
        <div>
          <Group justify="space-between" align="flex-start" gap="xs">
            <Title order={order} fz="xl">
              {title}
            </Title>
            {aside}
          </Group>
          {text && <Text c="dimmed">{text}</Text>}
        </div>
        {children}
      </Stack>
    </Card>
  );
}

/** What was read, or the wait for it, or why it could not be read. */
export function Loaded<T>({
  query,
  children,
}: {
  query: { data?: T; error: unknown };
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) {
    return (
      <Alert color="red" variant="light" role="alert">
        {inWords(query.error)}
      </Alert>
    );
  }
  return <Loader size="sm" aria-label={t.app.loading} />;
}
