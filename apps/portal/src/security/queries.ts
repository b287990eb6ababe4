import { call } from '@countersign/ui/api';
import { useQuery } from '@tanstack/react-query';
import type { Activity, Authenticator, Me, SignedInBrowser } from '@countersign/protocol/wire';

/** What the server knows of the signed-in person. */

const list =
  <T>(path: string) =>
  async (): Promise<T[]> =>
    (await call<{ items: T[] }>('GET', path)).items;

export const useMe = () => useQuery({ queryKey: ['me'], queryFn: () => call<Me>('GET', '/api/v1/me') });
export const useAuthenticators = () =>
  useQuery({
    queryKey: ['authenticators'],
    queryFn: list<Authenticator>('/api/v1/me/authenticators'),
    // The phone changes things by itself: it is deleted in the app, or allows notifications.
    refetchInterval: 5000,
  });
export const useBrowsers = () =>
  useQuery({ queryKey: ['sessions'], queryFn: list<SignedInBrowser>('/api/v1/me/sessions') });
export const useActivity = () =>
  useQuery({ queryKey: ['activity'], queryFn: list<Activity>('/api/v1/me/activity') });
