import { useEffect, useRef, type FormEvent } from 'react';
import { textOf } from '@countersign/ui/form-text';
import { takePassword } from '../import/bring-in.ts';
import { useSession, type Session } from '../import/session.ts';
import { t } from '../texts/texts.ts';
import { Notice, Screen, When } from './pieces.tsx';

/** The password of an encrypted file. A wrong one is said; the file stays for the next try. */
export function ImportPassword({ sealed }: { sealed: NonNullable<Session['sealed']> }) {
  const { busy, problem } = useSession();
  const field = useRef<HTMLInputElement>(null);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    void takePassword(textOf(new FormData(event.currentTarget), 'password'));
  };
  useEffect(() => {
    if (problem !== undefined) field.current?.select();
  }, [problem, busy]);
  return (
    <Screen title={t.import.passwordTitle(t.import.sources[sealed.source] ?? '')} back="/import">
      {sealed.madeAt !== undefined && (
        <p>
          {t.import.madeAt} <When at={sealed.madeAt} />
        </p>
      )}
      <form className="form" onSubmit={submit}>
        <label>
          {t.import.password}
          <input ref={field} name="password" type="password" autoComplete="off" autoFocus />
        </label>
        {problem && <Notice kind="error">{problem}</Notice>}
        <button type="submit" className="primary" disabled={busy}>
          {busy ? t.import.opening : t.import.open}
        </button>
      </form>
    </Screen>
  );
}
