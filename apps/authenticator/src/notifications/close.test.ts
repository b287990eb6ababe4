import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generatePresenceKey } from '@countersign/protocol';
import type { Account } from '../accounts/database.ts';
import { closeStale } from './close.ts';

const keys = await generatePresenceKey();
const account = { issuer: 'https://mfa.example', keys, clockOffset: 0 } as Account;

test('a request that began while the server was asked keeps its notification; one that is over loses it', async (context) => {
  const shown = new Set(['over', 'pending']);
  const registration = {
    getNotifications: async () =>
      [...shown].map((id) => ({ data: { id }, close: () => shown.delete(id) }) as unknown as Notification),
  };
  context.mock.method(globalThis, 'fetch', async () => {
    shown.add('begun since');
    return Response.json({ requests: [{ id: 'pending' }] });
  });
  const pending = await closeStale(registration, [account]);
  assert.deepEqual(
    pending.map(({ id }) => id),
    ['pending'],
  );
  assert.deepEqual([...shown], ['pending', 'begun since']);
});

test('with the server away a notification stays until its time is over', async (context) => {
  const expiresAt = { later: Date.now() + 60_000, over: Date.now() - 1 };
  const shown = new Set(Object.keys(expiresAt));
  const registration = {
    getNotifications: async () =>
      Object.entries(expiresAt).map(
        ([id, at]) =>
          ({ data: { id, expiresAt: at }, close: () => shown.delete(id) }) as unknown as Notification,
      ),
  };
  context.mock.method(globalThis, 'fetch', () => Promise.reject(new TypeError('Failed to fetch')));
  assert.deepEqual(await closeStale(registration, [account]), []);
  assert.deepEqual([...shown], ['later']);
});
