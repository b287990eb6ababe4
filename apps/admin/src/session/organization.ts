import { queryOptions, useQuery } from '@tanstack/react-query';
import { readDiscovery } from '../server/admin-api.ts';

const discoveryQuery = queryOptions({
  queryKey: ['discovery'],
  queryFn: readDiscovery,
  staleTime: 5 * 60_000,
});

/** The organisation's name; the product's own until it is known. */
export const useOrganization = (): string =>
  useQuery(discoveryQuery).data?.organization.name ?? 'Countersign';
