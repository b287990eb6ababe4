import { Skeleton } from '@mantine/core';
import { isProblem } from '@countersign/ui/api';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failure } from './failure.tsx';
import { Page } from './page.tsx';

/** The states of a page of one thing: loading, failed, not there, and the thing itself. */
export function OnePage<T>(props: {
  query: Pick<UseQueryResult<T>, 'data' | 'error' | 'isPending' | 'refetch'>;
  /** What it is called within a sentence, such as "host group". */
  noun: string;
  above: ReactNode;
  children: (data: T) => ReactNode;
}) {
  const { query, noun, above, children } = props;
  const { data, error, isPending, refetch } = query;
  if (data !== undefined) return children(data);
  const title = noun.charAt(0).toUpperCase() + noun.slice(1);
  if (isPending) {
    return (
      <Page title={title} above={above} narrow>
        <Skeleton height={280} role="status" aria-label={`Loading the ${noun}`} />
      </Page>
    );
  }
  return isProblem(error, 'not_found') ? (
    <Page title="Nothing here" above={above} lead={`There is no ${noun} at this address.`} narrow>
      {null}
    </Page>
  ) : (
    <Page title={title} above={above} narrow>
      <Failure error={error} what={`The ${noun} could not be loaded.`} retry={refetch} />
    </Page>
  );
}
