import { call } from '@countersign/ui/api';
import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type {
  Activity,
  Authenticator,
  Me,
  MyFactors,
  Passkey,
  SignedInBrowser,
} from '@countersign/protocol/wire';

/** What the server knows of the signed-in person. */

const list =
  <T>(path: string) =>
  async (): Promise<T[]> =>
    (await call<{ items: T[] }>('GET', path)).items;

export const meKey = ['me'];
const authenticatorsKey = ['authenticators'];
const factorsKey = ['factors'];

export const useMe = () => useQuery({ queryKey: meKey, queryFn: () => call<Me>('GET', '/api/v1/me') });
export const usePasskeys = () =>
  useQuery({ queryKey: ['passkeys'], queryFn: list<Passkey>('/api/v1/me/passkeys') });
export const useBrowsers = () =>
  useQuery({ queryKey: ['sessions'], queryFn: list<SignedInBrowser>('/api/v1/me/sessions') });
export const useActivity = () =>
  useQuery({ queryKey: ['activity'], queryFn: list<Activity>('/api/v1/me/activity') });

/** What is enrolled, and what may be. `fresh`: as it changes elsewhere, such as by deleting the account in the app. */
export function useFactors({ fresh }: { fresh: boolean }) {
  useFresh(fresh ? factorsKey : undefined);
  return useQuery({
    queryKey: factorsKey,
    queryFn: () => call<MyFactors>('GET', '/api/v1/me/factors'),
  });
}

/** The person's phones, as they are: they change by themselves when deleted in the app, or allowed to notify. */
export function useAuthenticators() {
  useFresh(authenticatorsKey);
  return useQuery({
    queryKey: authenticatorsKey,
    queryFn: list<Authenticator>('/api/v1/me/authenticators'),
  });
}

const codesKey = ['codes-to-keep'];

/**
 * Recovery codes that were made and not yet kept: they are shown once, so they outlast the page's being drawn anew and
 * other pages of the portal, and are gone with the session.
 */
export function useCodesToKeep(): [codes: string[] | undefined, show: (codes: string[] | undefined) => void] {
  const queries = useQueryClient();
  const { data } = useQuery<string[]>({ queryKey: codesKey, queryFn: skipToken, gcTime: Infinity });
  return [
    data,
    (codes) => {
      if (codes) queries.setQueryData(codesKey, codes);
      else void queries.resetQueries({ queryKey: codesKey });
    },
  ];
}

const refreshEvery = 5000;
/** Milliseconds after which nobody is taken to be looking. */
const lookingFor = 2 * 60_000;
const signsOfLife = ['pointermove', 'pointerdown', 'keydown', 'scroll', 'focus'];

/**
 * Reads something again every few seconds while somebody is looking. Not longer: each reading counts as use of the
 * session, and a session that nobody uses has to end.
 */
function useFresh(queryKey: string[] | undefined): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (!queryKey) return;
    let seen = Date.now();
    const look = () => {
      seen = Date.now();
    };
    for (const sign of signsOfLife) addEventListener(sign, look, { passive: true, capture: true });
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible' && Date.now() - seen < lookingFor) {
        void queries.invalidateQueries({ queryKey });
      }
    }, refreshEvery);
    return () => {
      clearInterval(timer);
      for (const sign of signsOfLife) removeEventListener(sign, look, { capture: true });
    };
  }, [queries, queryKey]);
}
