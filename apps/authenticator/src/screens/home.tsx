import { useEffect, useState } from 'react';
import type { Account } from '../accounts/database.ts';
import { askForNotifications, notificationState } from '../notifications/subscription.ts';
import { isPending, usePushRequests } from '../requests/use-requests.ts';
import { go } from '../routing.ts';
import { Icon, Notice, Screen, Tabs, When } from './pieces.tsx';

/** The accounts, with what waits above them. */
export function HomeScreen({ accounts }: { accounts: readonly Account[] }) {
  const { requests, reached } = usePushRequests();
  const pending = requests.filter(isPending);
  return (
    <Screen title="Accounts" footer={<Tabs current="accounts" />}>
      {!reached && accounts.length > 0 && (
        <Notice kind="warning">The server cannot be reached. Requests appear as soon as it can.</Notice>
      )}
      {pending.map(({ request }) => (
        <a key={request.id} className="card request-card" href={`#/requests/${request.id}`}>
          <strong>{request.resource.name}</strong>
          <span>{request.account.login} waits for your answer</span>
        </a>
      ))}
      {accounts.length === 0 ? <Empty /> : <AccountList accounts={accounts} />}
      <button
        type="button"
        className={accounts.length === 0 ? 'primary' : 'secondary'}
        onClick={() => go('/add')}
      >
        <Icon name="add" />
        Add account
      </button>
    </Screen>
  );
}

function Empty() {
  return (
    <div className="empty">
      <Icon name="shield" />
      <h2>No accounts yet</h2>
      <p>
        Sign in to your organisation’s User Portal on a computer and choose “Enroll device”. Then add the
        account here by scanning the code that it shows.
      </p>
    </div>
  );
}

function AccountList({ accounts }: { accounts: readonly Account[] }) {
  return (
    <>
      <NotificationHealth accounts={accounts} />
      <ul className="list">
        {accounts.map((account) => (
          <li key={account.id}>
            <a className="card row" href={`#/accounts/${account.id}`}>
              <span className="row-icon" aria-hidden="true">
                {account.organization.slice(0, 1).toUpperCase()}
              </span>
              <span className="row-text">
                <strong>{account.organization}</strong>
                <span>{account.login}</span>
                <Health account={account} />
              </span>
              <Icon name="chevron" />
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

/** One line on how this account is. */
function Health({ account }: { account: Account }) {
  if (account.revoked) return <span className="state bad">Removed by the server</span>;
  if (account.state === 'pending') return <span className="state">Not finished yet</span>;
  if (notificationState() !== 'granted' || account.push !== 'ok') {
    return <span className="state">Push is on · open the app to answer</span>;
  }
  return <span className="state good">Push is on</span>;
}

function NotificationHealth({ accounts }: { accounts: readonly Account[] }) {
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
        <p>Notifications are off. Requests appear only while the app is open.</p>
        <button
          type="button"
          className="secondary"
          onClick={() => void askForNotifications().then(() => location.reload())}
        >
          Allow notifications
        </button>
      </Notice>
    );
  }
  if (state === 'denied') {
    return (
      <Notice kind="warning">
        Notifications are blocked in the system’s settings. Requests appear only while the app is open. Last
        reached <When at={last} />.
      </Notice>
    );
  }
  return null;
}
