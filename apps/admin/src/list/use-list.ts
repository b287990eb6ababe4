import { useInfiniteQuery } from '@tanstack/react-query';
import type { Page } from '../server/admin-api.ts';

/** A list of the server, page after page; `fetchPage` takes the cursor of the page before. */
export function useList<T>(
  key: readonly unknown[],
  fetchPage: (cursor: string | undefined) => Promise<Page<T>>,
) {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => fetchPage(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    // What was found stays on screen until the new finds are here: nothing jumps while somebody types.
    placeholderData: (shown) => shown,
  });
  return { ...query, items: query.data?.pages.flatMap((page) => page.items) ?? [] };
}

export type ListQuery<T> = ReturnType<typeof useList<T>>;
