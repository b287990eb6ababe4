import type { Events } from '../events/events.ts';
import type { Platform } from '../platform/platform.ts';
import { deleteDueUser, holdUser, listDueForDeletion, uncountMemberships } from './store.ts';

/** Removes whom an administrator deleted and nobody took back in time, with everything of theirs. */
export async function removeDeletedPeople({
  platform: { store, now },
  events,
}: {
  platform: Pick<Platform, 'store' | 'now'>;
  events: Events;
}): Promise<void> {
  for (const { id } of await listDueForDeletion.all(store, { now: now() })) {
    await store.transaction(async (transaction) => {
      const at = now();
      // Held, so that nobody takes them back or puts them into a group meanwhile.
      const held = await holdUser.get(transaction, { id });
      if (!held?.delete_at || held.delete_at > at) return;
      await uncountMemberships.run(transaction, { user_id: id });
      const gone = (await deleteDueUser.get(transaction, { id, now: at }))!;
      const { login, email, name, role } = gone;
      const details = { before: { login, email, name, role } };
      await events.record(transaction, { type: 'user.deleted', user: { id, login }, details });
    });
  }
}
