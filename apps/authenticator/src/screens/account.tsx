import { textOf } from '@countersign/ui/form-text';
import { useState, type FormEvent } from 'react';
import { changeAccount, removeAccount, type Account } from '../accounts/database.ts';
import { refreshAccounts } from '../accounts/use-accounts.ts';
import { waitsForOldPhone } from '../activation/activate.ts';
import { useHosts } from '../hosts/use-hosts.ts';
import { notificationState } from '../notifications/subscription.ts';
import { go } from '../routing.ts';
import { call } from '../server/client.ts';
import { codeOf, inWords, OfflineError, SaidError } from '../server/failure.ts';
import { count } from '../telemetry/telemetry.ts';
import { t } from '../texts/texts.ts';
import { OldPhone } from './arrival.tsx';
import { ConfirmDialog, LinkRow, Notice, Screen, When } from './pieces.tsx';

/** One account with push: what it is, its name, a test, its verification key, moving it, and deleting it. */
export function AccountScreen({ account }: { account: Account | undefined }) {
  if (!account) {
    return (
      <Screen title={t.account.title} back="/" top>
        <p>{t.account.gone}</p>
      </Screen>
    );
  }
  const active = !account.revoked && account.state === 'active';
  return (
    <Screen title={account.organization} back="/" top>
      {account.revoked && <Notice kind="warning">{t.account.revoked}</Notice>}
      {active && account.userVerification === 'required' && !account.hasVerificationKey && (
        <Notice kind="warning">{t.verification.requiredMissing}</Notice>
      )}
      {waitsForOldPhone(account) && !account.revoked && <OldPhone account={account} />}
      <Facts account={account} />
      {active && <DeviceName account={account} />}
      {active && <Test account={account} />}
      {active && (
        <ul className="list">
          <Hosts account={account} />
          <LinkRow
            to={`/accounts/${account.id}/verification`}
            title={t.verification.title}
            text={account.hasVerificationKey ? t.account.verificationSet : t.account.verificationNot}
          />
          <LinkRow to={`/accounts/${account.id}/move`} title={t.account.move} />
        </ul>
      )}
      <Recent account={account} />
      <Deletion account={account} />
    </Screen>
  );
}

function Facts({ account }: { account: Account }) {
  return (
    <div className="card facts">
      <dl>
        <dt>{t.account.account}</dt>
        <dd>
          {account.name} ({account.login})
        </dd>
        <dt>{t.account.server}</dt>
        <dd>{new URL(account.issuer).host}</dd>
        <dt>{t.account.added}</dt>
        <dd>
          <When at={account.enrolledAt} />
        </dd>
        <dt>{t.account.lastReached}</dt>
        <dd>
          <When at={account.lastReachedAt} />
        </dd>
        <dt>{t.account.notifications}</dt>
        <dd>{healthOf(account)}</dd>
      </dl>
    </div>
  );
}

function healthOf({ push }: Account): string {
  const state = notificationState();
  if (state === 'denied') return t.account.healthBlocked;
  if (state === 'unsupported') return t.account.healthUnsupported;
  if (state === 'default') return t.account.healthOff;
  return push === 'ok' ? t.account.healthOn : t.account.healthUnreachable;
}

/** Most people log in on none: the row is there from the first host on. */
function Hosts({ account }: { account: Account }) {
  const { hosts = [] } = useHosts(account);
  if (hosts.length === 0) return null;
  return (
    <LinkRow to={`/accounts/${account.id}/hosts`} title={t.hosts.title} text={t.hosts.count(hosts.length)} />
  );
}

function DeviceName({ account }: { account: Account }) {
  const [message, setMessage] = useState<{ kind: 'success' | 'error'; text: string }>();
  const rename = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = textOf(new FormData(event.currentTarget), 'name').trim();
    if (!name) return setMessage({ kind: 'error', text: t.account.nameNeeded });
    try {
      const device = { ...account.device, name };
      await call(account, 'PATCH', '/me', { device });
      await changeAccount(account.id, { device });
      await refreshAccounts();
      setMessage({ kind: 'success', text: t.app.saved });
    } catch (error) {
      setMessage({ kind: 'error', text: inWords(error) });
    }
  };
  return (
    <form className="form inline-form" onSubmit={(event) => void rename(event)}>
      <label>
        {t.account.deviceName}
        <input name="name" defaultValue={account.device.name} maxLength={100} />
      </label>
      <button type="submit" className="secondary">
        {t.app.save}
      </button>
      {message && <Notice kind={message.kind}>{message.text}</Notice>}
    </form>
  );
}

function Test({ account }: { account: Account }) {
  const [message, setMessage] = useState<string>();
  const send = async () => {
    setMessage(t.account.testSending);
    await call(account, 'POST', '/me/test').then(
      () => setMessage(t.account.testSent),
      (error: unknown) => setMessage(inWords(error)),
    );
  };
  return (
    <div className="actions">
      <button type="button" className="secondary" onClick={() => void send()}>
        {t.account.test}
      </button>
      {message && <p role="status">{message}</p>}
    </div>
  );
}

function Recent({ account: { answered = [] } }: { account: Account }) {
  const words = {
    approved: t.outcome.approved,
    denied: t.outcome.denied.title,
    reported: t.outcome.reported.title,
  };
  return (
    <section className="card">
      <h2>{t.account.recent}</h2>
      {answered.length === 0 && <p className="quiet-text">{t.account.recentNone}</p>}
      <ul className="plain-list">
        {answered.slice(0, 5).map(({ at, resource, client, state }) => (
          <li key={at}>
            <strong>{resource}</strong> · {words[state]}
            <br />
            <span className="quiet-text">
              <When at={at} />
              {client && ` · ${client}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Deletion({ account }: { account: Account }) {
  const [asking, setAsking] = useState(false);
  const [offline, setOffline] = useState(false);
  const forget = async () => {
    await removeAccount(account.id);
    await refreshAccounts();
    count('account_removed');
    go('/');
  };
  const remove = async () => {
    try {
      if (!account.revoked) await call(account, 'DELETE', '/me');
    } catch (error) {
      // Unknown to the server already: there is nothing left to tell it.
      if (codeOf(error) !== 'invalid_proof' && codeOf(error) !== 'authenticator_pending') {
        setOffline(error instanceof OfflineError);
        throw new SaidError(inWords(error), { cause: error });
      }
    }
    await forget();
  };
  return (
    <>
      <button type="button" className="danger" onClick={() => setAsking(true)}>
        {t.account.delete}
      </button>
      {asking && (
        <ConfirmDialog
          title={t.account.deleteTitle}
          confirm={t.account.deleteConfirm}
          onConfirm={remove}
          onClose={() => setAsking(false)}
          extra={
            offline && (
              <button type="button" className="quiet" onClick={() => void forget()}>
                {t.account.deleteHere}
              </button>
            )
          }
        >
          <p>{t.account.deleteText(account.login, account.organization)}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
