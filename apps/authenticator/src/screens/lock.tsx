import { useState, type FormEvent } from 'react';
import { refreshCodes } from '../codes/use-codes.ts';
import {
  startOver,
  unlockByDevice,
  unlockByPasscode,
  WaitBeforeTrying,
  WrongPasscode,
  type Lock,
} from '../lock/lock.ts';
import { refreshLock } from '../lock/use-lock.ts';
import { isPending, usePushRequests } from '../requests/use-requests.ts';
import { inWords, SaidError } from '../server/failure.ts';
import { t } from '../texts/texts.ts';
import { ConfirmDialog, Icon, Notice } from './pieces.tsx';

/** The app is locked: opening it, or, where it does not open any more, starting over without the codes. */
export function LockScreen({ lock, codes }: { lock: Lock; codes: number }) {
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const waiting = usePushRequests().requests.filter(isPending).length;

  const open = async (unlock: () => Promise<void>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await unlock();
      await refreshLock();
    } catch (error) {
      setProblem(wordsOf(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <main className="introduction lock-screen">
      <div className="introduction-picture" aria-hidden="true">
        <Icon name="lock" />
      </div>
      <h1>{t.lock.unlockTitle}</h1>
      {waiting > 0 && <p role="status">{t.lock.requestWaits(waiting)}</p>}
      {problem && <Notice kind="error">{problem}</Notice>}
      {lock.kind === 'device' ? (
        <button
          type="button"
          className="primary"
          disabled={busy}
          autoFocus
          onClick={() => void open(unlockByDevice)}
        >
          {t.lock.unlock}
        </button>
      ) : (
        <Passcode busy={busy} onPasscode={(passcode) => void open(() => unlockByPasscode(passcode))} />
      )}
      <details>
        <summary>{t.lock.forgotten}</summary>
        <p>{t.lock.forgottenText}</p>
        <button type="button" className="danger" onClick={() => setAsking(true)}>
          {t.lock.startOver}
        </button>
      </details>
      {asking && (
        <ConfirmDialog
          title={t.lock.startOverConfirm}
          confirm={t.lock.startOver}
          onConfirm={async () => {
            await startOver().catch((error: unknown) => {
              throw new SaidError(inWords(error), { cause: error });
            });
            await Promise.all([refreshCodes(), refreshLock()]);
          }}
          onClose={() => setAsking(false)}
        >
          <p>{t.lock.startOverText(codes)}</p>
        </ConfirmDialog>
      )}
    </main>
  );
}

function Passcode({ busy, onPasscode }: { busy: boolean; onPasscode: (passcode: string) => void }) {
  const [passcode, setPasscode] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onPasscode(passcode);
    setPasscode('');
  };
  return (
    <form className="form" onSubmit={submit}>
      <label>
        {t.lock.passcode}
        <input
          type="password"
          value={passcode}
          autoComplete="off"
          autoFocus
          onChange={(event) => setPasscode(event.target.value)}
        />
      </label>
      <button type="submit" className="primary" disabled={busy || passcode === ''}>
        {busy ? t.lock.working : t.lock.unlock}
      </button>
    </form>
  );
}

function wordsOf(error: unknown): string {
  if (error instanceof WrongPasscode) return t.lock.passcodeWrong;
  if (error instanceof WaitBeforeTrying) {
    return t.lock.passcodeWait(Math.max(1, Math.ceil((error.until - Date.now()) / 1000)));
  }
  return inWords(error);
}
