import type Provider from 'oidc-provider';
import type { InteractionResults } from 'oidc-provider';
import { Refusal } from '../platform/http/refusal.ts';
import { second, type Platform } from '../platform/platform.ts';
import type { LiveSession } from '../sessions/sessions.ts';
import type { Continuation } from '../sso/interactions.ts';
import { approveDevice, refuseDevice } from './device.ts';
import { findDeviceInteraction } from './store.ts';

/** Back to the provider, which answers the application. Its own cookie holds the browser to the request that it began. */
export function continuationOf(provider: () => Promise<Provider>, platform: Platform): Continuation {
  const isDevice = async (id: string) =>
    (await findDeviceInteraction.get(platform.store, { interaction_id: id })) !== undefined;
  const finish = async (id: string, result: InteractionResults, by?: LiveSession): Promise<string> => {
    const interaction = await (await provider()).Interaction.find(id);
    if (!interaction) throw new Refusal('not_found');
    // Whoever was signed in when it began may have signed in anew, or be somebody else by now. What the person has proven
    // is for the session that went on (see follow-session.ts): the browser that holds the cookie may be another's.
    interaction.session = by && { accountId: by.user_id, uid: by.id, cookie: '' };
    interaction.result = result;
    await interaction.persist();
    return interaction.returnTo;
  };
  return {
    async resume(id, session, proof) {
      if (await isDevice(id)) return approveDevice(id, session, proof, await provider(), platform);
      const login = {
        accountId: session.user_id,
        acr: proof.acr,
        amr: [...proof.amr],
        ts: Math.floor(proof.at / second),
      };
      return finish(id, { login }, session);
    },
    async refuse(id) {
      if (await isDevice(id)) return refuseDevice(id, await provider(), platform);
      return finish(id, { error: 'access_denied', error_description: 'the person did not go on' });
    },
  };
}
