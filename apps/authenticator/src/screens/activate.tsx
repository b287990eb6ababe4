import { useEffect, useState } from 'react';
import type { ActivationLookup } from '@countersign/protocol/wire';
import type { Account } from '../accounts/database.ts';
import { useAccounts } from '../accounts/use-accounts.ts';
import { enrol, finishActivation, lookUp, waitsForOldPhone } from '../activation/activate.ts';
import { guessDeviceName, mustInstallFirst } from '../activation/device.ts';
import { askForNotifications, notificationState } from '../notifications/subscription.ts';
import { go, goInstead } from '../routing.ts';
import { inWords } from '../server/failure.ts';
import { count } from '../telemetry/telemetry.ts';
import { t } from '../texts/texts.ts';
import { forgetArrival } from '../transfer/arrive.ts';
import { dropTransferKey, offeredTransferKey } from '../transfer/offered-key.ts';
import { canVerifyUser, createVerificationKey } from '../verification/verification-key.ts';
import { InstallFirst } from './add.tsx';
import { CodesFailed, DroppedScreen, OldPhoneScreen } from './arrival.tsx';
import { BigCheck, Notice, Screen } from './pieces.tsx';
import { VerificationProblem } from './verification-problem.tsx';

/**
 * What the code is for, before anything is saved; then the enrolling itself; then the green check. `withCodes`:
 * codes come along from another phone, by a key that is no longer in the address.
 */
export function ActivateScreen({ code, withCodes }: { code: string; withCodes: boolean }) {
  const [found, setFound] = useState<ActivationLookup>();
  const [problem, setProblem] = useState<string>();
  const [enrolled, setEnrolled] = useState<Account>();
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
    if (!enrolled) return;
    finishActivation(enrolled).catch((error: unknown) => setProblem(inWords(error)));
  }, [enrolled]);

  if (installFirst) return <InstallFirst />;
  if (enrolled && !problem) return <Enrolled enrolled={enrolled} />;
  if (problem || !code) {
    return (
      <Screen title={t.add.title} back="/" top>
        <Notice kind="error">{problem ?? t.add.linkBroken}</Notice>
        <button type="button" className="primary" onClick={() => goInstead('/add')}>
          {t.activate.anotherCode}
        </button>
      </Screen>
    );
  }
  if (!found) {
    return (
      <Screen title={t.add.title} back="/" top>
        <p role="status">{t.activate.looking}</p>
      </Screen>
    );
  }
  return (
    <Confirm
      code={code}
      found={found}
      withCodes={withCodes}
      onEnrolled={setEnrolled}
      onProblem={setProblem}
    />
  );
}

/** From here on the account's row says how far it is: the app follows it, whichever screen is open. */
function Enrolled({ enrolled }: { enrolled: Account }) {
  const account = useAccounts()?.find(({ id }) => id === enrolled.id);
  if (!account) return <DroppedScreen id={enrolled.id} />;
  if (waitsForOldPhone(account)) return <OldPhoneScreen account={account} />;
  if (account.state === 'pending') {
    return (
      <Screen title={t.add.title} back="/" top>
        <p role="status">{t.activate.finishing}</p>
      </Screen>
    );
  }
  return <Done account={account} />;
}

function Confirm({
  code,
  found,
  withCodes,
  onEnrolled,
  onProblem,
}: {
  code: string;
  found: ActivationLookup;
  withCodes: boolean;
  onEnrolled: (account: Account) => void;
  onProblem: (problem: string) => void;
}) {
  const [deviceName, setDeviceName] = useState(guessDeviceName(navigator));
  const [busy, setBusy] = useState(false);
  const [verificationProblem, setVerificationProblem] = useState<unknown>();
  const required = found.user_verification === 'required';
  const transferKey = offeredTransferKey(code);

  const add = async (withVerification: boolean) => {
    setBusy(true);
    setVerificationProblem(undefined);
    try {
      if (notificationState() === 'default') await askForNotifications();
      let webauthn: { id: string } | null = null;
      if (withVerification && found.webauthn && (required || (await canVerifyUser()))) {
        try {
          webauthn = await createVerificationKey(found.webauthn);
        } catch (error) {
          setVerificationProblem(error);
          return;
        }
      }
      const name = deviceName.trim() || guessDeviceName(navigator);
      onEnrolled(await enrol({ code, found, deviceName: name, webauthn, transferKey }));
      dropTransferKey(code);
      count('account_added');
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
      {withCodes &&
        (transferKey === undefined ? (
          <Notice kind="warning">{t.activate.scanAgain}</Notice>
        ) : (
          <p>{t.activate.withCodes}</p>
        ))}
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
        {verificationProblem !== undefined && (
          <VerificationProblem error={verificationProblem}>
            {required && t.activate.required}
          </VerificationProblem>
        )}
        <button type="submit" className="primary" disabled={busy}>
          {busy ? t.activate.adding : verificationProblem !== undefined ? t.app.tryAgain : t.activate.add}
        </button>
        {verificationProblem !== undefined && !required && (
          <button type="button" className="quiet" disabled={busy} onClick={() => void add(false)}>
            {t.activate.without}
          </button>
        )}
      </form>
    </Screen>
  );
}

function Done({ account }: { account: Account }) {
  const { login, organization, waitsForOldPhone: moved = false, transferKey, codesCame } = account;
  const [cameAlong] = useState(transferKey !== undefined || codesCame !== undefined);
  const tookOver = moved || cameAlong;
  return (
    <Screen title={t.activate.doneTitle}>
      <div className="done" role="status">
        <BigCheck />
        <h2>{tookOver ? t.activate.tookOver : t.activate.doneHeading}</h2>
        <p>
          {tookOver ? t.activate.tookOverText(login, organization) : t.activate.doneText(login, organization)}
        </p>
        {transferKey !== undefined && <p>{t.activate.codesComing}</p>}
        {typeof codesCame === 'number' && <p>{t.activate.codesCame(codesCame)}</p>}
      </div>
      {codesCame === 'failed' && <CodesFailed />}
      <div className="actions">
        <button
          type="button"
          className="primary"
          onClick={() => {
            void forgetArrival(account.id);
            go('/');
          }}
        >
          {t.app.done}
        </button>
      </div>
    </Screen>
  );
}
