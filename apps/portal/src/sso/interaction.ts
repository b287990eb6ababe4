import { call } from '@countersign/ui/api';
import { useQuery } from '@tanstack/react-query';
import type { SsoInteraction } from '@countersign/protocol/wire';

/** Which application asks, where one sent the person here. */

const id = location.pathname === '/sso' ? new URLSearchParams(location.search).get('interaction') : null;

export const interactionId = id;
export const interactionPath = `/api/v1/sso/${encodeURIComponent(id ?? '')}`;

/** `who` is signed in: what is read belongs to them. */
export const useInteraction = (who: string | null) =>
  useQuery({
    queryKey: ['interaction', who],
    enabled: id !== null,
    queryFn: () => call<SsoInteraction>('GET', interactionPath),
  });
