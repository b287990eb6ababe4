import type { HostLogin } from '@countersign/protocol/wire';
import { hashSecret } from '../../platform/random-text.ts';
import { timeText, type Platform } from '../../platform/platform.ts';
import { stateAt } from '../../push/view.ts';
import { findUser } from '../../users/store.ts';
import { readSettings } from '../../settings/settings.ts';
import { endingOf } from './outcomes.ts';
import { isPretended, pretendedView } from './pretended.ts';
import type { Settled } from './settle.ts';

/** A login as its host sees it. Its version is another one whenever anything of it is. */
export async function loginView(
  { login, push, code }: Settled,
  { store, now }: Pick<Platform, 'store' | 'now'>,
): Promise<HostLogin> {
  const user = login.user_id === null ? undefined : await findUser.get(store, { id: login.user_id });
  const [state, reason] =
    login.outcome === null ? (['challenge', login.no_push] as const) : endingOf(login.outcome);
  const view = {
    id: login.id,
    state,
    user: { login: user?.login ?? '', name: user?.name ?? '' },
    code,
    push: push
      ? {
          state: stateAt(push, now()),
          number: push.number,
          seen: push.seen_at !== null,
          expires_at: timeText(push.expires_at),
        }
      : null,
    reason,
    expires_at: timeText(login.expires_at),
    verdict: login.verdict,
    ...(isPretended(login) ? pretendedView(login, (await readSettings(store)).push, now()) : {}),
  };
  return { ...view, version: hashSecret(JSON.stringify(view)).slice(0, 22) };
}
