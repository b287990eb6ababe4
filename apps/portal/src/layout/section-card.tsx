import { Alert, Card, Loader, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { inWords } from '@countersign/ui/api';

/** A card of a page: a heading, a sentence, and what belongs to it. */
export function SectionCard({
  title,
  text,
  children,
}: {
  title: string;
  text?: string;
  children: ReactNode;
}) {
  return (
    <Card component="section" aria-label={title} withBorder radius="lg" padding="lg" bg="var(--cs-surface)">
      <Stack>
        <div>
          <Title order={2} fz="xl">
            {title}
          </Title>
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
  return <Loader size="sm" aria-label="Loading" />;
}

export const whenText = (time: string): string =>
  new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(time));
