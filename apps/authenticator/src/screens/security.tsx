import { useEffect, useState, type FormEvent } from 'react';
import { textOf } from '@countersign/ui/form-text';
import { mayHavePrf, PrfMissing } from '../lock/device-key.ts';
import { lockByDevice, lockByPasscode, turnOff } from '../lock/lock.ts';
import { shortestPasscode } from '../lock/passcode.ts';
import {
  chooseLockAfter,
  lock,
  lockAfterChoices,
  presentLockAfter,
  refreshLock,
  useVault,
} from '../lock/use-lock.ts';
import { refreshCodes } from '../codes/use-codes.ts';
import { useBackupState } from '../backup/reminder.ts';
import { inWords } from '../server/failure.ts';
import { count } from '../telemetry/telemetry.ts';
import { t } from '../texts/texts.ts';
import { Notice, Screen } from './pieces.tsx';

/** The app lock: what it does, which key it has on this device, turning it on and off. */
export function SecurityScreen({ codes }: { codes: number }) {
  const vault = useVault();
  const [message, setMessage] = useState<{ kind: 'success' | 'error'; text: string }>();
  const [busy, setBusy] = useState(false);
  const backup = useBackupState();

  const act = async (change: () => Promise<void>, done: string) => {
    setBusy(true);
    setMessage(undefined);
    try {
      await change();
      await Promise.all([refreshLock(), refreshCodes()]);
      setMessage({ kind: 'success', text: done });
    } catch (error) {
      setMessage({ kind: 'error', text: error instanceof PrfMissing ? t.lock.deviceCannot : inWords(error) });
    } finally {
      setBusy(false);
    }
  };
  const turnOn = (how: () => Promise<void>) =>
    act(async () => {
      await how();
      count('lock_turned_on');
    }, t.lock.turnedOn);

  const kind = vault?.lock?.kind;
  return (
    <Screen title={t.lock.title} back="/settings">
      <p>{t.lock.intro}</p>
      {message && <Notice kind={message.kind}>{message.text}</Notice>}
      <p className="card">
        <strong>
          {kind === 'device' ? t.lock.onDevice : kind === 'passcode' ? t.lock.onPasscode : t.lock.off}
        </strong>
      </p>
      {kind ? (
        <>
          <LockAfter />
          <div className="actions">
            <button type="button" className="secondary" onClick={lock}>
              {t.lock.lockNow}
            </button>
            <button
              type="button"
              className="danger"
              disabled={busy}
              onClick={() => void act(turnOff, t.lock.turnedOff)}
            >
              {t.lock.turnOff}
            </button>
          </div>
        </>
      ) : (
        <>
          {codes > 0 && backup?.madeAt === 0 && <Notice kind="warning">{t.lock.warning}</Notice>}
          <Choose busy={busy} onTurnOn={turnOn} />
        </>
      )}
    </Screen>
  );
}

function LockAfter() {
  const [after, setAfter] = useState(presentLockAfter());
  return (
    <fieldset className="card choices">
      <legend>{t.lock.lockAfter}</legend>
      {lockAfterChoices.map((each) => (
        <label key={each}>
          <input
            type="radio"
            name="after"
            checked={after === each}
            onChange={() => {
              setAfter(each);
              // It holds for this opening even where it cannot be kept.
              chooseLockAfter(each).catch(() => {});
            }}
          />
          {t.lock.after[each]}
        </label>
      ))}
    </fieldset>
  );
}

/** By the device where it may have the PRF extension, else by a passcode; it says which, and why. */
function Choose({
  busy,
  onTurnOn,
}: {
  busy: boolean;
  onTurnOn: (how: () => Promise<void>) => Promise<void>;
}) {
  const [prf, setPrf] = useState<boolean>();
  const [how, setHow] = useState<'device' | 'passcode'>();
  useEffect(() => void mayHavePrf().then(setPrf), []);
  if (prf === undefined) return null;
  const chosen = how ?? (prf ? 'device' : 'passcode');
  const byDevice = () =>
    onTurnOn(async () => {
      try {
        await lockByDevice();
      } catch (error) {
        if (error instanceof PrfMissing) setPrf(false);
        throw error;
      }
    });
  return (
    <>
      {prf ? (
        <fieldset className="card choices">
          <legend>{t.lock.chooseHow}</legend>
          {(['device', 'passcode'] as const).map((each) => (
            <label key={each}>
              <input type="radio" name="how" checked={chosen === each} onChange={() => setHow(each)} />
              <span className="row-text">
                {each === 'device' ? t.lock.byDevice : t.lock.byPasscode}
                <span>{each === 'device' ? t.lock.byDeviceText : t.lock.byPasscodeText}</span>
              </span>
            </label>
          ))}
        </fieldset>
      ) : (
        <Notice kind="info">
          {t.lock.deviceCannot} {t.lock.byPasscodeText}
        </Notice>
      )}
      {chosen === 'device' && prf ? (
        <button type="button" className="primary" disabled={busy} onClick={() => void byDevice()}>
          {busy ? t.lock.working : t.lock.turnOn}
        </button>
      ) : (
        <PasscodeForm busy={busy} onPasscode={(passcode) => onTurnOn(() => lockByPasscode(passcode))} />
      )}
    </>
  );
}

function PasscodeForm({
  busy,
  onPasscode,
}: {
  busy: boolean;
  onPasscode: (passcode: string) => Promise<void>;
}) {
  const [problem, setProblem] = useState<string>();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const passcode = textOf(form, 'passcode');
    if (passcode.length < shortestPasscode) return setProblem(t.lock.passcodeShort);
    if (passcode !== textOf(form, 'again')) return setProblem(t.lock.passcodeDiffers);
    setProblem(undefined);
    void onPasscode(passcode);
  };
  return (
    <form className="form" onSubmit={submit}>
      <label>
        {t.lock.passcode}
        <input name="passcode" type="password" autoComplete="off" />
      </label>
      <label>
        {t.lock.passcodeAgain}
        <input name="again" type="password" autoComplete="off" />
      </label>
      {problem && <Notice kind="error">{problem}</Notice>}
      <button type="submit" className="primary" disabled={busy}>
        {busy ? t.lock.working : t.lock.turnOn}
      </button>
    </form>
  );
}
