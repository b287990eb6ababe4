import type { AdapterPayload } from 'oidc-provider';
import type { Platform } from '../platform/platform.ts';
import { sealed } from '../platform/sealed-columns.ts';
import type { Transaction } from '../platform/store/store.ts';
import { openPayload, payloadKey } from './payload.ts';
import { changePayload, expectLogout, findPayload, holdPayload, insertPayload } from './store.ts';

/**
 * The library reads its session at the start of a request and writes all of it at the end. Two applications that are
 * opened in one moment would each write the other out of it, and with that void its tokens: what each was given is put
 * together instead.
 */

export interface KeptSession {
  key: string;
  payload: AdapterPayload;
  /** The portal session. */
  followed: string;
  /** Milliseconds since 1970. */
  expires_at: number;
}

type Authorizations = Exclude<AdapterPayload['authorizations'], undefined>;

/** @throws MissingReference where the portal session has ended. */
export async function keepSession(
  { key, payload, followed, expires_at }: KeptSession,
  platform: Platform,
): Promise<void> {
  const { store, sealing } = platform;
  const seal = (whole: AdapterPayload) => sealing.seal(JSON.stringify(whole), sealed.oidcPayloads.place(key));
  const user_id = payload.accountId!;
  await store.transaction(async (transaction) => {
    const expectLogouts = async (authorizations: Authorizations): Promise<void> => {
      for (const [client_id, { sid }] of Object.entries(authorizations)) {
        if (sid === undefined) continue;
        await expectLogout.run(transaction, { session_id: followed, client_id, user_id, sid });
      }
    };
    let before = await holdPayload.get(transaction, { key, expires_at });
    if (!before) {
      const row = { key, payload: seal(payload), user_id, session_id: followed, expires_at };
      if (await insertPayload.get(transaction, row)) return expectLogouts(payload.authorizations ?? {});
      before = await holdPayload.get(transaction, { key, expires_at });
      // It came and went in this moment: the portal session has ended.
      if (!before) return;
    }
    const { authorizations: kept } = openPayload(before, platform);
    const authorizations = await together(transaction, kept ?? {}, payload.authorizations ?? {}, platform);
    await changePayload.run(transaction, { key, payload: seal({ ...payload, authorizations }), user_id });
    const isNew = ([clientId]: [string, unknown]) => !kept?.[clientId];
    await expectLogouts(Object.fromEntries(Object.entries(authorizations).filter(isNew)));
  });
}

/** Of two grants for one client, the one that was there first, as long as it is there. */
async function together(
  transaction: Transaction,
  kept: Authorizations,
  mine: Authorizations,
  { now }: Platform,
): Promise<Authorizations> {
  const all = { ...kept, ...mine };
  for (const [clientId, { grantId }] of Object.entries(kept)) {
    if (grantId === undefined || grantId === mine[clientId]?.grantId || !mine[clientId]) continue;
    const value = payloadKey('Grant', grantId);
    if (await findPayload.get(transaction, { value, now: now() })) all[clientId] = kept[clientId]!;
  }
  return all;
}
