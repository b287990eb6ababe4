import type Provider from 'oidc-provider';
import type { InteractionResults } from 'oidc-provider';
import { Refusal } from '../platform/http/refusal.ts';
import { second } from '../platform/platform.ts';
import type { Continuation } from '../sso/interactions.ts';

/** Back to the provider, which answers the application. Its own cookie holds the browser to the request that it began. */
export function continuationOf(provider: () => Promise<Provider>): Continuation {
  const finish = async (id: string, result: InteractionResults): Promise<string> => {
    const interaction = await (await provider()).Interaction.find(id);
    if (!interaction) throw new Refusal('not_found');
    // Whoever was signed in when it began may have signed in anew, or be somebody else by now.
    interaction.session = undefined;
    interaction.result = result;
    await interaction.persist();
    return interaction.returnTo;
  };
  return {
    resume: (id, session, proof) =>
      finish(id, {
        login: {
          accountId: session.user_id,
          acr: proof.acr,
          amr: [...proof.amr],
          ts: Math.floor(proof.at / second),
        },
      }),
    refuse: (id) => finish(id, { error: 'access_denied', error_description: 'the person did not go on' }),
  };
}
