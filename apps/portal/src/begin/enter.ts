import { call } from '@countersign/ui/api';
import type { Authentication } from '@countersign/protocol/wire';

/**
 * Signs in somebody who has just chosen their password, as far as a password goes, and opens what comes next. Where that
 * fails it opens the sign-in page: the password is set, and must not be asked for a second time.
 */
export async function enter(login: string, password: string): Promise<void> {
  location.assign(await signIn(login, password).catch(() => '/'));
}

async function signIn(login: string, password: string): Promise<string> {
  const body = { purpose: 'portal_login', login, password };
  const { id, state } = await call<Authentication>('POST', '/api/v1/authentications', body);
  if (state !== 'enrollment_required' && state !== 'ready') return '/';
  return (await call<{ continue: string }>('POST', `/api/v1/authentications/${id}/complete`)).continue;
}
