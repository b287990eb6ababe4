import { useEffect, useState, type FormEvent } from 'react';
import { textOf } from '@countersign/ui/form-text';
import { download, handOver, type HandedOver } from '../backup/hand-over.ts';
import { makeBackup, revealAll, type Made } from '../backup/make.ts';
import { markBackup, useBackupState } from '../backup/reminder.ts';
import { nameOf, type Code } from '../codes/store.ts';
import { inWords } from '../server/failure.ts';
import { count } from '../telemetry/telemetry.ts';
import { t } from '../texts/texts.ts';
import { LinkRow, Notice, Screen, When } from './pieces.tsx';

const shortestPassword = 8;

/** The backup: when the last one was made, making one, and the ways to restore it and to other apps. */
export function BackupScreen({ codes }: { codes: readonly Code[] }) {
  const state = useBackupState();
  return (
    <Screen title={t.backup.title} back="/settings">
      <p>{t.backup.intro}</p>
      <div className="card facts">
        <dl>
          <dt>{t.backup.last}</dt>
          <dd>{state && (state.madeAt === 0 ? t.backup.never : <When at={state.madeAt} />)}</dd>
        </dl>
      </div>
      <Unreadable codes={codes} />
      {codes.length === 0 ? <p>{t.backup.nothing}</p> : <Making />}
      <ul className="list">
        <LinkRow to="/import" title={t.backup.restore} text={t.backup.restoreText} />
        {codes.length > 0 && (
          <LinkRow to="/settings/backup/export" title={t.backup.plain} text={t.backup.plainShort} />
        )}
      </ul>
    </Screen>
  );
}

/** What cannot be read on this device is in no backup, so it is named. */
export function Unreadable({ codes }: { codes: readonly Code[] }) {
  const [unreadable, setUnreadable] = useState<Code[]>([]);
  useEffect(() => {
    let current = true;
    revealAll().then(
      (revealed) => current && setUnreadable(revealed.unreadable),
      () => {},
    );
    return () => {
      current = false;
    };
  }, [codes]);
  if (unreadable.length === 0) return null;
  return (
    <Notice kind="warning">
      <p>{t.backup.unreadable(unreadable.length)}</p>
      <ul>
        {unreadable.map((code) => (
          <li key={code.id}>{nameOf(code) || t.codes.unnamed}</li>
        ))}
      </ul>
    </Notice>
  );
}

/** Asks for the password, makes the backup, hands it over. It counts as made only once it was handed over. */
function Making() {
  const [step, setStep] = useState<'form' | 'making' | 'handing' | 'handed'>('form');
  const [made, setMade] = useState<Made>();
  const [problem, setProblem] = useState<string>();

  const hand = async (backup: Made, how: (file: File) => HandedOver | Promise<HandedOver>) => {
    setStep('handing');
    setProblem(undefined);
    try {
      const handed = await how(backup.file);
      if (handed === 'cancelled') return setProblem(t.backup.cancelled);
      if (handed === 'needs_tap') return;
      await markBackup(backup.at);
      count('backup_made');
      setStep('handed');
    } catch (error) {
      setProblem(inWords(error));
    }
  };
  const make = async (password: string) => {
    setStep('making');
    setProblem(undefined);
    try {
      const backup = await makeBackup(password);
      setMade(backup);
      await hand(backup, handOver);
    } catch (error) {
      setProblem(inWords(error));
      setStep('form');
    }
  };

  if (made && step === 'handed') return <Notice kind="success">{t.backup.made(made.codes)}</Notice>;
  if (made && step === 'handing')
    return (
      <>
        <Notice kind={problem === undefined ? 'info' : 'warning'}>{problem ?? t.backup.ready}</Notice>
        <div className="actions">
          <button type="button" className="primary" onClick={() => void hand(made, handOver)}>
            {t.backup.save}
          </button>
          <button type="button" className="secondary" onClick={() => void hand(made, download)}>
            {t.backup.download}
          </button>
        </div>
      </>
    );
  return (
    <PasswordForm
      making={step === 'making'}
      problem={problem}
      onProblem={setProblem}
      onPassword={(password) => void make(password)}
    />
  );
}

function PasswordForm({
  making,
  problem,
  onProblem,
  onPassword,
}: {
  making: boolean;
  problem: string | undefined;
  onProblem: (problem: string) => void;
  onPassword: (password: string) => void;
}) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const password = textOf(form, 'password');
    if (password.length < shortestPassword) return onProblem(t.backup.passwordShort);
    if (password !== textOf(form, 'again')) return onProblem(t.backup.passwordDiffers);
    onPassword(password);
  };
  return (
    <form className="form" onSubmit={submit}>
      <h2>{t.backup.make}</h2>
      <label>
        {t.backup.password}
        <input name="password" type="password" autoComplete="new-password" aria-describedby="backup-hint" />
      </label>
      <p id="backup-hint" className="quiet-text hint">
        {t.backup.passwordHint}
      </p>
      <label>
        {t.backup.passwordAgain}
        <input name="again" type="password" autoComplete="new-password" />
      </label>
      {problem && <Notice kind="error">{problem}</Notice>}
      <button type="submit" className="primary" disabled={making}>
        {making ? t.backup.making : t.backup.save}
      </button>
    </form>
  );
}
