import { useEffect, useState } from 'react';
import type { ActivationLookup } from '@countersign/protocol/wire';
import type { Account } from '../accounts/database.ts';
import { enrol, finishActivation, lookUp } from '../activation/activate.ts';
import { guessDeviceName, mustInstallFirst } from '../activation/device.ts';
import { askForNotifications, notificationState } from '../notifications/subscription.ts';
import { go, goInstead } from '../routing.ts';
import { inWords } from '../server/failure.ts';
import { t } from '../texts/texts.ts';
import { canVerifyUser, createVerificationKey } from '../verification/verification-key.ts';
import { InstallFirst } from './add.tsx';
import { BigCheck, Notice, Screen } from './pieces.tsx';

/** What the code is for, before anything is saved; then the enrolling itself; then the green check. */
export function ActivateScreen({ code }: { code: string }) {
  const [found, setFound] = useState<ActivationLookup>();
  const [problem, setProblem] = useState<string>();
  const [account, setAccount] = useState<Account>();
  const [finished, setFinished] = useState(false);
  const installFirst = mustInstallFirst();

  useEffect(() => {
    if (installFirst || !code) return;
    let current = true;
    lookUp(location.origin, code).then(
      (result) => current && setFound(result),
      (error: unknown) => current && setProblem(inWords(error)),
    );
    return () => {
      current = false;
    };
  }, [code, installFirst]);

  useEffect(() => {
    if (!account || finished) return;
    finishActivation(account).then(
      () => setFinished(true),
      (error: unknown) => setProblem(inWords(error)),
    );
  }, [account, finished]);

  if (installFirst) return <InstallFirst />;
  if (finished && account) return <Done account={account} />;
  if (problem) {
    return (
      <Screen title={t.add.title} back="/" top>
        <Notice kind="error">{problem}</Notice>
        <button type="button" className="primary" onClick={() => goInstead('/add')}>
          {t.activate.anotherCode}
        </button>
      </Screen>
    );
  }
  if (!found || account) {
    return (
      <Screen title={t.add.title} back="/" top>
        <p role="status">{account ? t.activate.finishing : t.activate.looking}</p>
      </Screen>
    );
  }
  return <Confirm code={code} found={found} onEnrolled={setAccount} onProblem={setProblem} />;
}

function Confirm({
  code,
  found,
  onEnrolled,
  onProblem,
}: {
  code: string;
  found: ActivationLookup;
  onEnrolled: (account: Account) => void;
  onProblem: (problem: string) => void;
}) {
  const [deviceName, setDeviceName] = useState(guessDeviceName(navigator));
  const [busy, setBusy] = useState(false);
  const [verificationProblem, setVerificationProblem] = useState<string>();
  const required = found.user_verification === 'required';

  const add = async (withVerification: boolean) => {
    setBusy(true);
    setVerificationProblem(undefined);
    try {
      if (notificationState() === 'default') await askForNotifications();
      let webauthn: object | null = null;
      if (withVerification && found.webauthn && (required || (await canVerifyUser()))) {
        try {
          webauthn = await createVerificationKey(found.webauthn);
        } catch (error) {
          setVerificationProblem((error as Error).message);
          return;
        }
      }
      onEnrolled(
        await enrol({ code, found, deviceName: deviceName.trim() || guessDeviceName(navigator), webauthn }),
      );
    } catch (error) {
      onProblem(inWords(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Screen title={t.add.title} back="/" top>
      <div className="card facts">
        <dl>
          <dt>{t.activate.organization}</dt>
          <dd>{found.organization.name}</dd>
          <dt>{t.activate.account}</dt>
          <dd>
            {found.account.name} ({found.account.login})
          </dd>
          <dt>{t.activate.server}</dt>
          <dd>{new URL(found.issuer).host}</dd>
        </dl>
      </div>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          void add(true);
        }}
      >
        <label>
          {t.activate.deviceName}
          <input value={deviceName} maxLength={100} onChange={(event) => setDeviceName(event.target.value)} />
        </label>
        {found.webauthn && (
          <p className="quiet-text">{required ? t.activate.willAskRequired : t.activate.willAsk}</p>
        )}
        {verificationProblem && (
          <Notice kind="error">
            {verificationProblem}
            {required && ` ${t.activate.required}`}
          </Notice>
        )}
        <button type="submit" className="primary" disabled={busy}>
          {busy ? t.activate.adding : verificationProblem ? t.app.tryAgain : t.activate.add}
        </button>
        {verificationProblem && !required && (
          <button type="button" className="quiet" disabled={busy} onClick={() => void add(false)}>
            {t.activate.without}
          </button>
        )}
      </form>
    </Screen>
  );
}

function Done({ account }: { account: Account }) {
  return (
    <Screen title={t.activate.doneTitle}>
      <div className="done" role="status">
        <BigCheck />
        <h2>{t.activate.doneHeading}</h2>
        <p>{t.activate.doneText(account.login, account.organization)}</p>
      </div>
      <div className="actions">
        <button type="button" className="primary" onClick={() => go('/')}>
          {t.app.done}
        </button>
      </div>
    </Screen>
  );
}
