import type { PushRequest, ResolvedEvent } from '@countersign/protocol/wire';
import type { Account } from '../accounts/database.ts';
import { noteRevoked } from '../accounts/database.ts';
import { refreshAccounts } from '../accounts/use-accounts.ts';
import { call, openStream } from '../server/client.ts';
import { codeOf, OfflineError } from '../server/failure.ts';

/** Requests as they come and end, for as long as the app is open: by a stream, and by polling where that fails. */

const pollInterval = 3_000;
const longestPause = 15_000;

export interface Watcher {
  onRequest(request: PushRequest): void;
  onResolved(ended: ResolvedEvent): void;
  /** All that is pending, after a poll: what is missing has ended. */
  onPending(requests: PushRequest[]): void;
  onReach(reached: boolean): void;
}

/** Watches one account until the signal aborts. */
export async function watchRequests(account: Account, watcher: Watcher, signal: AbortSignal): Promise<void> {
  let pause = pollInterval;
  while (!signal.aborted) {
    try {
      await readStream(account, watcher, signal);
      pause = pollInterval;
    } catch (error) {
      if (signal.aborted) return;
      if (codeOf(error) === 'invalid_proof' && (await isRevoked(account))) {
        await noteRevoked(account.id);
        await refreshAccounts();
        return;
      }
      watcher.onReach(!(error instanceof OfflineError));
      pause = Math.min(longestPause, pause * 1.5);
    }
    await pollOnce(account, watcher);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** A refused proof may be no more than a clock that is off: a call that corrects it tells the two apart. */
async function isRevoked(account: Account): Promise<boolean> {
  try {
    await call(account, 'GET', '/me');
    return false;
  } catch (error) {
    return codeOf(error) === 'invalid_proof';
  }
}

/** Also on coming back to the foreground: a phone that slept has missed what a stream told. */
export async function pollOnce(account: Account, watcher: Watcher): Promise<void> {
  try {
    const { requests } = await call<{ requests: PushRequest[] }>(account, 'GET', '/requests');
    watcher.onReach(true);
    watcher.onPending(requests);
  } catch (error) {
    if (error instanceof OfflineError) watcher.onReach(false);
  }
}

async function readStream(account: Account, watcher: Watcher, signal: AbortSignal): Promise<void> {
  const stream = await openStream(account, signal);
  watcher.onReach(true);
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let pending = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    pending += decoder.decode(value, { stream: true });
    const blocks = pending.split('\n\n');
    pending = blocks.pop()!;
    for (const block of blocks) {
      const event = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (event === 'request' && data) watcher.onRequest(JSON.parse(data) as PushRequest);
      if (event === 'resolved' && data) watcher.onResolved(JSON.parse(data) as ResolvedEvent);
    }
  }
}
