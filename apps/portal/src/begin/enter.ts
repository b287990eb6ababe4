import { call } from '@countersign/ui/api';
import type { Authentication } from '@countersign/protocol/wire';

/** Signs in somebody who has just chosen their password, as far as a password goes, and opens what comes next. */
export async function enter(login: string, password: string): Promise<void> {
  const body = { purpose: 'portal_login', login, password };
  const { id, state } = await call<Authentication>('POST', '/api/v1/authentications', body);
  let next = '/';
  if (state === 'enrollment_required' || state === 'ready') {
    next = (await call<{ continue: string }>('POST', `/api/v1/authentications/${id}/complete`)).continue;
  }
  location.assign(next);
}
