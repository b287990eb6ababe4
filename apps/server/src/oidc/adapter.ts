import { errors, type Adapter, type AdapterPayload } from 'oidc-provider';
import type { Platform } from '../platform/platform.ts';
import { minute, second } from '../platform/platform.ts';
import { hashSecret } from '../platform/random-text.ts';
import { sealed } from '../platform/sealed-columns.ts';
import { MissingReference } from '../platform/store/errors.ts';
import { clientMetadataOf } from './clients.ts';
import { keepSession } from './keep-session.ts';
import { openPayload, payloadKey } from './payload.ts';
import {
  consumePayload,
  deletePayload,
  deletePayloadsOfGrant,
  findClient,
  findPayload,
  findPayloadByUserCode,
  findPayloadOfSession,
  insertPayload,
  keepPayload,
  type PayloadRow,
} from './store.ts';

/**
 * What the provider library keeps, in our store: one table for all of its models. The id of a code or a token is as good as
 * the token, so rows are found by its hash, and their content is sealed.
 */
export const createAdapter =
  (platform: Platform) =>
  (model: string): Adapter =>
    model === 'Client' ? clientAdapter(platform) : payloadAdapter(model, platform);

/** Whoever polls too late is told that the time is over, and not that there never was anything. */
const polledFor = new Set(['DeviceCode', 'BackchannelAuthenticationRequest']);
const toldOfTheEnd = 10 * minute;

const unsupported = () => Promise.reject(new Error('clients are kept in the Admin Portal'));

const clientAdapter = (platform: Platform): Adapter => ({
  async find(id) {
    // A stranger's text, which the stores may not take.
    if (!/^[\w-]{1,64}$/.test(id)) return undefined;
    const row = await findClient.get(platform.store, { client_id: id });
    return row && clientMetadataOf(row, platform);
  },
  upsert: unsupported,
  destroy: unsupported,
  consume: unsupported,
  findByUid: unsupported,
  findByUserCode: unsupported,
  revokeByGrantId: unsupported,
});

function payloadAdapter(model: string, platform: Platform): Adapter {
  const { store, sealing, now } = platform;
  const keyOf = (id: string) => payloadKey(model, id);
  const isPolledFor = polledFor.has(model);
  const open = (row: PayloadRow | undefined) =>
    row && {
      ...openPayload(row, platform),
      ...(isPolledFor && row.expires_at - toldOfTheEnd <= now() ? { exp: 0 } : {}),
    };
  /** What was seen once, and not twice, also where that is at the same moment. */
  async function keepOnce(key: string, payload: AdapterPayload, expires_at: number): Promise<void> {
    const text = sealing.seal(JSON.stringify(payload), sealed.oidcPayloads.place(key));
    const row = { key, payload: text, user_id: null, session_id: null, expires_at };
    if (!(await insertPayload.get(store, row))) throw new errors.InvalidClientAuth('used once already');
  }
  return {
    async upsert(id, payload, expiresIn) {
      const key = keyOf(id);
      const expires_at = now() + expiresIn! * second + (isPolledFor ? toldOfTheEnd : 0);
      const followed = model === 'Session' ? followedBy(payload) : null;
      try {
        if (model === 'ReplayDetection') return await keepOnce(key, payload, expires_at);
        if (followed !== null) return await keepSession({ key, payload, followed, expires_at }, platform);
        await keepPayload.run(store, {
          key,
          payload: sealing.seal(JSON.stringify(payload), sealed.oidcPayloads.place(key)),
          grant_id: payload.grantId ?? null,
          client_id: payload.clientId ?? null,
          user_id: payload.accountId ?? null,
          session_id: null,
          user_code_hash: payload.userCode ? hashSecret(payload.userCode) : null,
          expires_at,
        });
      } catch (error) {
        // Signed out, or taken away, in the middle of it.
        if (!(error instanceof MissingReference)) throw error;
        throw followed === null
          ? new errors.InvalidGrant('whose it was is gone')
          : new errors.SessionNotFound('the session has ended');
      }
    },
    find: async (id) => open(await findPayload.get(store, { value: keyOf(id), now: now() })),
    findByUid: async (uid) => open(await findPayloadOfSession.get(store, { value: uid, now: now() })),
    findByUserCode: async (userCode) =>
      open(await findPayloadByUserCode.get(store, { value: hashSecret(userCode), now: now() })),
    async consume(id) {
      if (await consumePayload.get(store, { key: keyOf(id), now: now() })) return;
      // Used twice at the same moment, which the library's own look a moment ago did not see (RFC 6749 section 4.1.2).
      const row = open(await findPayload.get(store, { value: keyOf(id), now: now() }));
      if (row?.grantId) {
        // The grant too: tokens that are being made at this moment are void without it.
        await deletePayload.run(store, { key: payloadKey('Grant', row.grantId) });
        await deletePayloadsOfGrant.run(store, { grant_id: row.grantId });
      }
      throw new errors.InvalidGrant('already used');
    },
    destroy: (id) => deletePayload.run(store, { key: keyOf(id) }),
    revokeByGrantId: (grantId) => deletePayloadsOfGrant.run(store, { grant_id: grantId }),
  };
}

/** The portal session whose follower it is (see follow-session.ts); null for the session of nobody. */
const followedBy = ({ accountId, uid }: AdapterPayload): string | null =>
  accountId === undefined ? null : (uid ?? null);
