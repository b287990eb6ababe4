import { useEffect, useState } from 'react';
import type { ActivationLookup } from '@countersign/protocol/wire';
import type { Account } from '../accounts/database.ts';
import { enrol, finishActivation, lookUp } from '../activation/activate.ts';
import { guessDeviceName, mustInstallFirst } from '../activation/device.ts';
import { askForNotifications, notificationState } from '../notifications/subscription.ts';
import { go, goInstead } from '../routing.ts';
import { inWords } from '../server/failure.ts';
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
      <Screen title="Add account" back="/">
        <Notice kind="error">{problem}</Notice>
        <button type="button" className="primary" onClick={() => goInstead('/add')}>
          Try another code
        </button>
      </Screen>
    );
  }
  if (!found || account) {
    return (
      <Screen title="Add account" back="/">
        <p role="status">{account ? 'Finishing…' : 'Looking the code up…'}</p>
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
    <Screen title="Add account" back="/">
      <div className="card facts">
        <dl>
          <dt>Organisation</dt>
          <dd>{found.organization.name}</dd>
          <dt>Account</dt>
          <dd>
            {found.account.name} ({found.account.login})
          </dd>
          <dt>Server</dt>
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
          Name of this device
          <input value={deviceName} maxLength={100} onChange={(event) => setDeviceName(event.target.value)} />
        </label>
        {found.webauthn && (
          <p className="quiet-text">
            Your phone will ask for your face, finger or passcode
            {required ? ': your organisation requires it' : ''}.
          </p>
        )}
        {verificationProblem && (
          <Notice kind="error">
            {verificationProblem}
            {required && ' Your organisation requires this to add the account.'}
          </Notice>
        )}
        <button type="submit" className="primary" disabled={busy}>
          {busy ? 'Adding…' : verificationProblem ? 'Try again' : 'Add this account'}
        </button>
        {verificationProblem && !required && (
          <button type="button" className="quiet" disabled={busy} onClick={() => void add(false)}>
            Continue without it
          </button>
        )}
      </form>
    </Screen>
  );
}

function Done({ account }: { account: Account }) {
  return (
    <Screen title="Account added">
      <div className="done" role="status">
        <BigCheck />
        <h2>This device is verified</h2>
        <p>
          It now approves the sign-ins of {account.login} at {account.organization}. Finish in the User Portal
          too.
        </p>
      </div>
      <div className="actions">
        <button type="button" className="primary" onClick={() => go('/')}>
          Done
        </button>
      </div>
    </Screen>
  );
}
