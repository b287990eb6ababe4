/// <reference lib="webworker" />
import type { PushMessage, PushRequest } from '@countersign/protocol/wire';
import type { Account } from '../accounts/database.ts';
import { showBadge } from '../notifications/badge.ts';
import { closeStale, type NotificationData } from '../notifications/close.ts';
import { findRequest } from '../requests/find.ts';
import { programOf } from '../requests/host-login.ts';
import { isAppLocked, mayApproveHere } from '../requests/from-notification.ts';
import { serverNow } from '../server/client.ts';
import { note } from '../telemetry/telemetry.ts';
import { t } from '../texts/texts.ts';
import { isAppSeen, livingAccounts } from './app.ts';
import { restoreTexts } from './texts.ts';

/** A push: its notification at once, better words when they are known, and its end when the request ends. */

declare const self: ServiceWorkerGlobalScope;

/** So long the request itself may take, in milliseconds, until the push's own words are shown. */
const patience = 1_500;
const followEvery = 3_000;
/** Browsers end a push event that takes longer. */
const followFor = 90_000;
/** From here on a push came late. */
const late = 10_000;

interface Known {
  account: Account;
  request: PushRequest;
}

/** Every push shows a notification: browsers revoke the subscription of an app that takes one silently. */
export async function showPush(text: string | undefined): Promise<void> {
  const message = readMessage(text);
  await restoreTexts();
  const { id } = message;
  const finding = id === undefined ? Promise.resolve(undefined) : find(id);
  const soon = await Promise.race([finding, sleep(patience)]);
  if (!soon) await show(message.title ?? t.app.name, message.body ?? t.notification.unknownBody, { id });
  const known = soon ?? (await finding);
  if (!known) return void (await settle());
  await showKnown(known);
  if (known.request.state === 'pending') {
    const took = serverNow(known.account) - Date.parse(known.request.created_at);
    if (took > late) note('push_late', { duration_ms: Math.round(took) });
    await follow(known.request);
    await settle();
  }
  // That a request has ended already stays to be read, until the next push or the next opening of the app.
}

function readMessage(text: string | undefined): Partial<PushMessage> {
  try {
    return JSON.parse(text ?? '') as PushMessage;
  } catch {
    // Unreadable or empty: the app finds out what it is about.
    return {};
  }
}

/** What cannot be found out is no reason to show nothing. */
const find = async (id: string): Promise<Known | undefined> =>
  findRequest(await livingAccounts(), id).catch(() => undefined);

const sleep = (milliseconds: number): Promise<undefined> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds, undefined));

async function showKnown({ account, request }: Known): Promise<void> {
  const { id, purpose, state, expires_at } = request;
  const isOwnActivation = purpose === 'activation' && account.state === 'pending';
  const { title, body } = wordsOf(request, isOwnActivation);
  if (state !== 'pending')
    return show(t.notification.ended, body, { id, account: account.id }, { requireInteraction: false });
  const deny = { action: 'deny', title: t.notification.deny };
  const approve = { action: 'approve', title: t.notification.approve };
  const approves = mayApproveHere(request) && !(await isAppLocked());
  await show(
    title,
    body,
    { id, account: account.id, expiresAt: Date.parse(expires_at) - account.clockOffset },
    // Typed as of before actions; engines without them ignore the member.
    { actions: isOwnActivation ? [] : approves ? [approve, deny] : [deny] } as object,
  );
}

/** In the person's language, as the push itself, made by the server, may not be. */
function wordsOf(
  { purpose, resource, context: { client, host, local_user, ip, location, familiar } }: PushRequest,
  isOwnActivation: boolean,
): { title: string; body: string } {
  if (isOwnActivation) return { title: t.notification.titleActivation, body: t.notification.activationBody };
  if (purpose === 'test') return { title: t.notification.titleTest, body: t.notification.testBody };
  const place = location && [location.city, location.country].filter(Boolean).join(', ');
  const facts = [host ?? client, place].filter(Boolean).join(' · ');
  if (purpose === 'activation') {
    return { title: t.notification.titleTransfer, body: [resource.name, place].filter(Boolean).join(' · ') };
  }
  if (purpose === 'backchannel') {
    return { title: t.notification.titleProgram(resource.name), body: t.notification.unknownBody };
  }
  if (purpose === 'verification') {
    return { title: t.notification.titleVerification(resource.name), body: t.notification.verificationBody };
  }
  const mark = (body: string) => (familiar ? body : t.notification.unusual(body));
  if (purpose === 'device_login') {
    const login = [programOf(client), local_user && t.notification.asUser(local_user), ip, place];
    return { title: t.notification.titleHost(resource.name), body: mark(login.filter(Boolean).join(' · ')) };
  }
  const title =
    resource.kind === 'act' ? t.notification.titleAct(resource.name) : t.notification.title(resource.name);
  return { title, body: mark(facts || t.notification.unknownBody) };
}

/** One notification for each request: a later one takes the place of the earlier, without a sound. */
export const show = (
  title: string,
  body: string,
  data: NotificationData,
  more: NotificationOptions = {},
): Promise<void> =>
  self.registration.showNotification(title, {
    body,
    ...(data.id === undefined ? {} : { tag: data.id }),
    icon: 'icon-192.png',
    badge: 'icon-192.png',
    requireInteraction: true,
    data,
    ...more,
  });

/** With the app closed nobody else sees that the request was answered elsewhere, or given up. */
async function follow({ id, created_at, expires_at }: PushRequest): Promise<void> {
  const lives = Date.parse(expires_at) - Date.parse(created_at);
  const until = Date.now() + Math.min(followFor, lives);
  while (Date.now() < until) {
    await sleep(followEvery);
    if (await isAppSeen()) continue;
    const pending = await settle();
    const shown = (await self.registration.getNotifications({ tag: id })).length > 0;
    if (!shown || !pending.some((each) => each.id === id)) return;
  }
}

/** Closes what is over, also of earlier pushes, and counts what is left. */
async function settle(): Promise<{ id: string }[]> {
  const accounts = await livingAccounts();
  const pending = await closeStale(self.registration, accounts);
  showBadge(pending.length);
  return pending;
}
