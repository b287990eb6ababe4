import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Account } from '../accounts/database.ts';
import { useBackupState, snoozeReminder } from '../backup/reminder.ts';
import type { Code } from '../codes/store.ts';
import { askForNotifications, notificationState } from '../notifications/subscription.ts';
import { go } from '../routing.ts';
import { clockError, onClockError } from '../server/clock.ts';
import { t } from '../texts/texts.ts';
import { Notice, When } from './pieces.tsx';

/** What stands above the list where something wants attention. */

export function ClockNotice() {
  const error = useSyncExternalStore(onClockError, clockError);
  if (error === undefined) return null;
  const amount = t.home.amount(Math.round(Math.abs(error) / 1000));
  return <Notice kind="warning">{error < 0 ? t.home.clockAhead(amount) : t.home.clockBehind(amount)}</Notice>;
}

export function NotificationHealth({ accounts }: { accounts: readonly Account[] }) {
  const [state, setState] = useState(notificationState());
  useEffect(() => {
    const look = () => setState(notificationState());
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  const last = Math.max(...accounts.map(({ lastReachedAt }) => lastReachedAt));
  if (state === 'default') {
    return (
      <Notice kind="info">
        <p>{t.home.notificationsOff}</p>
        <button
          type="button"
          className="secondary"
          onClick={() => void askForNotifications().then(() => location.reload())}
        >
          {t.introduction.allow}
        </button>
      </Notice>
    );
  }
  if (state === 'denied') {
    return (
      <Notice kind="warning">
        {t.home.notificationsBlocked} {t.home.lastReached} <When at={last} />.
      </Notice>
    );
  }
  return null;
}

/** Codes that no backup holds are lost with the device; said until there is one, or for two weeks not. */
export function BackupReminder({ codes }: { codes: readonly Code[] }) {
  const state = useBackupState();
  const [later, setLater] = useState(false);
  if (!state || later || state.snoozedUntil > Date.now()) return null;
  const missing = codes.filter(({ addedAt }) => addedAt > state.madeAt).length;
  if (missing === 0) return null;
  return (
    <Notice kind="info">
      <p>{state.madeAt === 0 ? t.home.backupNone(missing) : t.home.backupOld(missing)}</p>
      <div className="notice-actions">
        <button type="button" className="secondary" onClick={() => go('/settings/backup')}>
          {t.home.backupMake}
        </button>
        <button
          type="button"
          className="quiet"
          onClick={() => {
            setLater(true);
            void snoozeReminder();
          }}
        >
          {t.home.backupLater}
        </button>
      </div>
    </Notice>
  );
}
