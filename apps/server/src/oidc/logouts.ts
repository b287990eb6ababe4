import { setTimeout as sleep } from 'node:timers/promises';
import type Provider from 'oidc-provider';
import { minute, second, type Platform } from '../platform/platform.ts';
import { ended } from '../sessions/sessions.ts';
import { deleteLogout, postponeLogout, takeDueLogout, type LogoutRow } from './store.ts';

/**
 * Back-channel logout: applications are told that a portal session has ended, however it did (signed out, suspended, put
 * out, expired). Nobody waits for them: what is to be told lies in the store, and is tried again.
 */

const triesInAll = 6;
/** More than a call may take (see guarded-fetch.ts). */
const lease = minute;
const pollInterval = 15 * second;
/** Of sessions that end one after the other, many are looked for at once. */
const breath = second / 2;
const atOnce = 8;

interface Client {
  backchannelLogoutUri?: string;
  backchannelLogout(sub: string, sid: string): Promise<void>;
}

/** How the library tells them; it does so only where an application itself signs out, and makes the person wait for it. */
const send = new WeakMap<Provider, Client['backchannelLogout']>();

export function tellLater(provider: Provider): void {
  const prototype = provider.Client.prototype as unknown as Client;
  send.set(provider, prototype.backchannelLogout);
  prototype.backchannelLogout = async () => {};
}

/** Begins to tell them, and returns what stops it (after those in hand). */
export function startLogouts(current: () => Promise<Provider>, platform: Platform): () => Promise<void> {
  const { store, now, log } = platform;
  let goOn = () => {};
  let woken = false;
  const wake = () => {
    woken = true;
    goOn();
  };
  let running = true;
  const unsubscribe = store.subscribe(ended, wake);

  async function tell(row: LogoutRow): Promise<void> {
    const { session_id, client_id } = row;
    try {
      const provider = await current();
      const client = (await provider.Client.find(client_id)) as unknown as Client | undefined;
      if (client?.backchannelLogoutUri) await send.get(provider)!.call(client, row.user_id, row.sid);
      await deleteLogout.run(store, { session_id, client_id });
    } catch (error) {
      const over = row.tries >= triesInAll;
      const details = { client: client_id, tries: row.tries, reason: (error as Error).message };
      log[over ? 'error' : 'warn'](details, 'an application was not told of a sign-out');
      if (over) return deleteLogout.run(store, { session_id, client_id });
      const next_try_at = now() + 5 * second * 2 ** row.tries;
      await postponeLogout.run(store, { session_id, client_id, next_try_at });
    }
  }

  /** Those in hand: one that hangs holds up no other. */
  const inHand = new Set<Promise<void>>();
  async function tellDue(): Promise<void> {
    while (running && inHand.size < atOnce) {
      const row = await takeDueLogout.get(store, { now: now(), lease_end: now() + lease });
      if (!row) return;
      const telling = tell(row)
        .catch((error: unknown) =>
          log.error({ err: error }, 'what became of telling a sign-out was not kept'),
        )
        .finally(() => {
          inHand.delete(telling);
          wake();
        });
      inHand.add(telling);
    }
  }

  /** Until something has ended, also while nobody waited for it; or the time is over. */
  async function somethingEnded(): Promise<void> {
    if (!woken) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pollInterval);
        goOn = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    if (running) await sleep(breath);
    woken = false;
  }

  const loop = (async () => {
    while (running) {
      await tellDue().catch((error: unknown) =>
        log.error({ err: error }, 'telling applications of sign-outs failed'),
      );
      if (running) await somethingEnded();
    }
  })();
  return async () => {
    running = false;
    unsubscribe();
    wake();
    await loop;
    await Promise.all(inHand);
  };
}
