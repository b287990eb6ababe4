/// <reference lib="webworker" />
import { listAccounts, type Account } from '../accounts/database.ts';
import { call } from '../server/client.ts';

/** What the worker has to do with the app itself: its windows, its accounts, its subscription. */

declare const self: ServiceWorkerGlobalScope;

/** How long an open window has to say that it is going there, in milliseconds. */
const patience = 1_000;

export const livingAccounts = async (): Promise<Account[]> =>
  (await listAccounts()).filter(({ revoked }) => !revoked);

const windows = async (): Promise<WindowClient[]> =>
  (await self.clients.matchAll({ type: 'window', includeUncontrolled: true })).filter(({ url }) =>
    url.startsWith(self.registration.scope),
  );

/** An open page that can be seen follows its requests, and closes their notifications, by itself. */
export const isAppSeen = async (): Promise<boolean> =>
  (await windows()).some(({ visibilityState }) => visibilityState === 'visible');

/** Brings the app to the front, at a request: of several windows the one that is seen, else the last one used. */
export async function openApp(id: string | undefined): Promise<void> {
  const page = `${self.registration.scope}#${id ? `/requests/${id}` : '/'}`;
  const open = await windows();
  const chosen =
    open.find(({ focused }) => focused) ??
    open.find(({ visibilityState }) => visibilityState === 'visible') ??
    open[0];
  if (!chosen) return void (await self.clients.openWindow(page));
  const goes = tell(chosen, { kind: 'open-request', id });
  const focused = await chosen.focus().catch(() => undefined);
  // A page that is only starting, or that the system has frozen, hears nothing: then it is loaded anew.
  if (focused && (await goes)) return;
  if (!(await chosen.navigate(page).catch(() => null))) await self.clients.openWindow(page);
}

const tell = (client: WindowClient, message: object): Promise<boolean> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const timer = setTimeout(() => resolve(false), patience);
    port1.addEventListener('message', () => {
      clearTimeout(timer);
      resolve(true);
    });
    port1.start();
    client.postMessage(message, [port2]);
  });

/** The push service gave a new address: the server is told at once where that works, else when the app is next opened. */
export async function renewSubscription(): Promise<void> {
  for (const account of await livingAccounts()) {
    const { vapid_public_key } = (await (await fetch('/.well-known/countersign')).json()) as {
      vapid_public_key: string;
    };
    const subscription = await self.registration.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: vapid_public_key,
    });
    const { endpoint, keys } = subscription.toJSON();
    await call(account, 'PATCH', '/me', { push_subscription: { endpoint, keys } });
  }
}
