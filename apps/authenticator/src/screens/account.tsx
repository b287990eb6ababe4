import { textOf } from '@countersign/ui/form-text';
import { useRef, useState, type FormEvent } from 'react';
import { changeAccount, removeAccount, type Account } from '../accounts/database.ts';
import { refreshAccounts, useAccounts } from '../accounts/use-accounts.ts';
import { notificationState } from '../notifications/subscription.ts';
import { go } from '../routing.ts';
import { call } from '../server/client.ts';
import { codeOf, inWords, OfflineError } from '../server/failure.ts';
import { Notice, Screen, When } from './pieces.tsx';

/** One account: what it is, its name, a test, and deleting it. */
export function AccountScreen({ id }: { id: string }) {
  const account = useAccounts()?.find((each) => each.id === id);
  if (!account) {
    return (
      <Screen title="Account" back="/">
        <p>This account is no longer on this device.</p>
      </Screen>
    );
  }
  return (
    <Screen title={account.organization} back="/">
      {account.revoked && (
        <Notice kind="warning">
          The server no longer accepts this device: it was removed in the portal, or another phone took its
          place. Delete the account here, and enrol again if you need it.
        </Notice>
      )}
      <div className="card facts">
        <dl>
          <dt>Account</dt>
          <dd>
            {account.name} ({account.login})
          </dd>
          <dt>Server</dt>
          <dd>{new URL(account.issuer).host}</dd>
          <dt>Added</dt>
          <dd>
            <When at={account.enrolledAt} />
          </dd>
          <dt>Last reached</dt>
          <dd>
            <When at={account.lastReachedAt} />
          </dd>
          <dt>Notifications</dt>
          <dd>{healthOf(account)}</dd>
          <dt>Face, finger or passcode</dt>
          <dd>{account.hasVerificationKey ? 'Set up' : 'Not set up'}</dd>
        </dl>
      </div>
      {!account.revoked && <DeviceName account={account} />}
      {!account.revoked && <Test account={account} />}
      <Deletion account={account} />
    </Screen>
  );
}

function healthOf({ push }: Account): string {
  const state = notificationState();
  if (state === 'denied') return 'Blocked in the system’s settings';
  if (state === 'unsupported') return 'Not possible in this browser';
  if (state === 'default') return 'Off';
  return push === 'ok' ? 'On' : 'Do not arrive at present; open the app to answer';
}

function DeviceName({ account }: { account: Account }) {
  const [message, setMessage] = useState<{ kind: 'success' | 'error'; text: string }>();
  const rename = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = textOf(new FormData(event.currentTarget), 'name').trim();
    if (!name) return setMessage({ kind: 'error', text: 'A name is needed.' });
    try {
      const device = { ...account.device, name };
      await call(account, 'PATCH', '/me', { device });
      await changeAccount(account.id, { device });
      await refreshAccounts();
      setMessage({ kind: 'success', text: 'Saved.' });
    } catch (error) {
      setMessage({ kind: 'error', text: inWords(error) });
    }
  };
  return (
    <form className="form inline-form" onSubmit={(event) => void rename(event)}>
      <label>
        Device name
        <input name="name" defaultValue={account.device.name} maxLength={100} />
      </label>
      <button type="submit" className="secondary">
        Save
      </button>
      {message && <Notice kind={message.kind}>{message.text}</Notice>}
    </form>
  );
}

function Test({ account }: { account: Account }) {
  const [message, setMessage] = useState<string>();
  const send = async () => {
    setMessage('Sending…');
    await call(account, 'POST', '/me/test').then(
      () => setMessage('Sent. It opens here by itself; with the app closed, a notification tells of it.'),
      (error: unknown) => setMessage(inWords(error)),
    );
  };
  return (
    <div className="actions">
      <button type="button" className="secondary" onClick={() => void send()}>
        Send a test
      </button>
      {message && <p role="status">{message}</p>}
    </div>
  );
}

function Deletion({ account }: { account: Account }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [problem, setProblem] = useState<string>();
  const [offline, setOffline] = useState(false);
  const forget = async () => {
    await removeAccount(account.id);
    await refreshAccounts();
    go('/');
  };
  const remove = async () => {
    setProblem(undefined);
    try {
      if (!account.revoked) await call(account, 'DELETE', '/me');
    } catch (error) {
      // Unknown to the server already: there is nothing left to tell it.
      if (codeOf(error) !== 'invalid_proof' && codeOf(error) !== 'authenticator_pending') {
        setOffline(error instanceof OfflineError);
        return setProblem(inWords(error));
      }
    }
    await forget();
  };
  return (
    <>
      <button type="button" className="danger" onClick={() => dialog.current?.showModal()}>
        Delete account
      </button>
      <dialog ref={dialog} aria-labelledby="delete-title">
        <h2 id="delete-title">Delete this account?</h2>
        <p>
          This device will no longer approve the sign-ins of {account.login} at {account.organization}. If it
          is your only way to sign in, you will need your administrator’s help to get back in.
        </p>
        {problem && <Notice kind="error">{problem}</Notice>}
        <div className="dialog-actions">
          <button type="button" className="secondary" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="button" className="danger" onClick={() => void remove()}>
            Delete
          </button>
        </div>
        {offline && (
          <button type="button" className="quiet" onClick={() => void forget()}>
            Delete only on this device; remove it in the portal later
          </button>
        )}
      </dialog>
    </>
  );
}
