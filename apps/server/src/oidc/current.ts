import type Provider from 'oidc-provider';
import type { GuardedFetch } from '../platform/guarded-fetch.ts';
import { second } from '../platform/platform.ts';
import { readOidcKeys } from './keys.ts';
import type { ProviderNeeds } from './provider.ts';

/** Within this time (ms) a server sees that its keys have changed; meanwhile the former ones are as good. */
const seenWithin = 2 * second;

/**
 * The provider, which is made when it is first asked for, and anew when its keys have changed: the library takes them only
 * as it is made. All else that it knows is in the store; requests that are under way end with the one that they began with.
 */
export function currentProvider(guardedFetch: GuardedFetch, needs: ProviderNeeds): () => Promise<Provider> {
  const { platform } = needs;
  let made: { from: string; until: number; provider: Provider } | undefined;
  let seen = -Infinity;
  let looking: Promise<Provider> | undefined;

  async function look(): Promise<Provider> {
    const at = platform.now();
    const { from, keys } = await readOidcKeys(platform);
    if (made?.from !== from || made.until <= at) {
      const { createProvider } = await import('./provider.ts');
      made = { from, until: keys.until, provider: createProvider(guardedFetch, needs, keys) };
    }
    seen = at;
    return made.provider;
  }

  return async () => {
    const age = platform.now() - seen;
    // A clock that was set back is looked after, too.
    if (made && age >= 0 && age < seenWithin) return made.provider;
    return (looking ??= look().finally(() => (looking = undefined)));
  };
}
