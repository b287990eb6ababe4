import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { EventEmitter } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import * as dbus from '@homebridge/dbus-native';

/**
 * A desktop without a screen: a session bus of its own with a notification service on it
 * (specifications.freedesktop.org/notification-spec), on which a test clicks.
 */
export interface Desktop extends AsyncDisposable {
  /** For the environment of programs that are to notify here. */
  readonly env: { DBUS_SESSION_BUS_ADDRESS: string };
  /** What is shown at present, oldest first. */
  readonly shown: readonly Notification[];
  /** The first that is shown with this title; waits for it. */
  waitFor(title: RegExp): Promise<Notification>;
  /** As a person clicks it, or one of its buttons. */
  click(notification: Notification, button?: string): void;
}

export interface Notification {
  id: number;
  title: string;
  body: string;
  /** Key and label of each button. */
  buttons: Map<string, string>;
}

const patience = 20_000; // ms

/** The part of the library that is used here and that its types leave out. */
interface SessionBus {
  requestName(name: string, flags: number, done: (error: unknown) => void): void;
  exportInterface(service: object, path: string, description: object): void;
  connection: EventEmitter & { end(): void; stream?: EventEmitter };
}
const { sessionBus } = dbus as unknown as { sessionBus(options: { busAddress: string }): SessionBus };

export async function startDesktop(): Promise<Desktop> {
  const daemon = spawn('dbus-daemon', ['--session', '--nofork', '--nopidfile', '--print-address'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [address] = (await once(createInterface(daemon.stdout), 'line')) as [string];
  const bus = sessionBus({ busAddress: address });
  await new Promise<void>((resolve, reject) =>
    bus.requestName('org.freedesktop.Notifications', 0, (error) =>
      error ? reject(new Error(JSON.stringify(error))) : resolve(),
    ),
  );
  const shown: Notification[] = [];
  let next = 1;
  const remove = (id: number) => {
    const at = shown.findIndex((each) => each.id === id);
    if (at >= 0) shown.splice(at, 1);
  };
  const service = Object.assign(new EventEmitter(), {
    GetCapabilities: () => ['actions', 'body', 'persistence'],
    GetServerInformation: () => ['countersign tests', 'countersign', '1', '1.2'],
    Notify(_app: string, replaces: number, _icon: string, title: string, body: string, actions: string[]) {
      const id = replaces || next++;
      remove(id);
      const buttons = new Map<string, string>();
      for (let i = 0; i < actions.length; i += 2) buttons.set(actions[i]!, actions[i + 1]!);
      shown.push({ id, title, body, buttons });
      return id;
    },
    CloseNotification(id: number) {
      remove(id);
      service.emit('NotificationClosed', id, 3);
      return null;
    },
  });
  bus.exportInterface(service, '/org/freedesktop/Notifications', {
    name: 'org.freedesktop.Notifications',
    methods: {
      GetCapabilities: ['', 'as'],
      GetServerInformation: ['', 'ssss'],
      Notify: ['susssasa{sv}i', 'u'],
      CloseNotification: ['u', ''],
    },
    signals: { NotificationClosed: ['uu'], ActionInvoked: ['us'] },
    properties: {},
  });
  return {
    env: { DBUS_SESSION_BUS_ADDRESS: address },
    shown,
    async waitFor(title) {
      for (const giveUp = Date.now() + patience; ; await sleep(50)) {
        const found = shown.find((each) => title.test(each.title));
        if (found) {
          // Browsers take a click only once they know that the notification is on the screen.
          await sleep(500);
          return found;
        }
        if (Date.now() > giveUp)
          throw new Error(`no notification ${String(title)}; shown: ${JSON.stringify(shown)}`);
      }
    },
    click({ id, buttons }, button = 'default') {
      const key = [...buttons].find(([each, label]) => each === button || label === button)?.[0];
      if (key === undefined) throw new Error(`no button ${button} among ${JSON.stringify([...buttons])}`);
      service.emit('ActionInvoked', id, key);
      remove(id);
      service.emit('NotificationClosed', id, 2);
    },
    async [Symbol.asyncDispose]() {
      // A browser that closes after the desktop still calls; what can no longer be replied to is no failure of a test.
      bus.connection.on('error', () => {});
      bus.connection.stream?.on('error', () => {});
      bus.connection.end();
      const ended = once(daemon, 'exit');
      daemon.kill();
      await ended;
    },
  };
}
