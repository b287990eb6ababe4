import { Button, EmptyState, Group, Skeleton, Stack, Text, VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';
import { Failure } from '../layout/failure.tsx';
import type { ListQuery } from './use-list.ts';

/** The states of every list: loading, failed, empty, found nothing, and what there is, with a way to more of it. */
export function ListView<T>(props: {
  query: ListQuery<T>;
  /** What its items are called, such as "people" and "person". */
  noun: { one: string; many: string };
  /** A search or a filter is on. */
  filtered: boolean;
  empty: { icon: ReactNode; title: string; description: ReactNode };
  children: (items: T[]) => ReactNode;
}) {
  const { query, noun, filtered, empty, children } = props;
  const { items, isPending, error, hasNextPage, isFetchingNextPage, isPlaceholderData } = query;

  if (isPending) return <LoadingRows label={`Loading ${noun.many}`} />;
  if (error && items.length === 0) {
    return (
      <Failure error={error} what={`The list of ${noun.many} could not be loaded.`} retry={query.refetch} />
    );
  }
  return (
    <>
      <VisuallyHidden role="status">
        {isPlaceholderData ? '' : countWords(items.length, hasNextPage, noun)}
      </VisuallyHidden>
      <Stack gap="md">
        {items.length === 0 ? (
          <EmptyState
            py="xl"
            icon={empty.icon}
            withIndicatorBackground
            title={hasNextPage ? 'Nothing found so far' : filtered ? 'Nothing found' : empty.title}
            description={
              hasNextPage
                ? `The newest ${noun.many} were searched. There are older ones.`
                : filtered
                  ? `No ${noun.many} match this search. Change it, or take a filter away.`
                  : empty.description
            }
          />
        ) : (
          children(items)
        )}
        {error && (
          <Failure error={error} what="More could not be loaded." retry={() => query.fetchNextPage()} />
        )}
        {(items.length > 0 || hasNextPage) && (
          <Group justify="space-between">
            <Text size="sm" c="var(--cs-text-quiet)" aria-hidden>
              {countWords(items.length, hasNextPage, noun)}
            </Text>
            {hasNextPage && (
              <Button variant="default" loading={isFetchingNextPage} onClick={() => query.fetchNextPage()}>
                {items.length > 0 ? 'Show more' : 'Search further back'}
              </Button>
            )}
          </Group>
        )}
      </Stack>
    </>
  );
}

function countWords(count: number, more: boolean, noun: { one: string; many: string }): string {
  if (count === 0 && more) return `No ${noun.many} found so far`;
  const words = `${count} ${count === 1 ? noun.one : noun.many}`;
  return more ? `The first ${words} are shown` : words;
}

function LoadingRows({ label }: { label: string }) {
  return (
    <Stack gap="xs" role="status" aria-label={label}>
      {[0, 1, 2, 3, 4].map((row) => (
        <Skeleton key={row} height={52} />
      ))}
    </Stack>
  );
}
