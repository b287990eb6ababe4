import { normalizeCode } from '@countersign/protocol';
import { textOf } from '@countersign/ui/form-text';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { Account } from '../accounts/database.ts';
import { go, goInstead } from '../routing.ts';
import { inWords } from '../server/failure.ts';
import { t } from '../texts/texts.ts';
import { addVerificationKey, replaceVerificationKey } from '../verification/change-key.ts';
import { VerificationError } from '../verification/verification-key.ts';
import { BigCheck, LinkRow, Notice, Screen } from './pieces.tsx';
import { VerificationProblem } from './verification-problem.tsx';

/** The face, finger or passcode check of one account: whether it is there, another in its place, and how to add one. */
export function VerificationScreen({ account }: { account: Account }) {
  return (
    <Screen title={t.verification.title} back={`/accounts/${account.id}`}>
      {account.hasVerificationKey ? <Replace account={account} /> : <HowToAdd account={account} />}
    </Screen>
  );
}

function Replace({ account }: { account: Account }) {
  const { busy, problem, done, act } = useAct(() => replaceVerificationKey(account));
  return (
    <>
      <p>{t.verification.isSet}</p>
      <p className="quiet-text">{t.verification.replaceText}</p>
      {problem}
      {done && <Notice kind="success">{t.verification.replaced}</Notice>}
      <div className="actions">
        <button type="button" className="secondary" disabled={busy} onClick={act}>
          {t.verification.replace}
        </button>
      </div>
    </>
  );
}

function HowToAdd({ account }: { account: Account }) {
  return (
    <>
      {account.userVerification === 'required' && (
        <Notice kind="warning">{t.verification.requiredMissing}</Notice>
      )}
      <p>{t.verification.addText(account.organization)}</p>
      <div className="actions">
        <button type="button" className="primary" onClick={() => go('/add')}>
          {t.verification.scan}
        </button>
      </div>
      <TypedKeyCode />
    </>
  );
}

/** Where there is no camera. */
function TypedKeyCode() {
  const [problem, setProblem] = useState<string>();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const code = textOf(new FormData(event.currentTarget), 'code');
    if (!normalizeCode(code)) return setProblem(t.add.codeForm);
    go(`/verification-key?code=${encodeURIComponent(code)}`);
  };
  return (
    <details>
      <summary>{t.add.enterCode}</summary>
      <form onSubmit={submit} className="form">
        <label>
          {t.add.code}
          <input
            name="code"
            className="code-input"
            placeholder="XXXXX-XXXXX-XXXXX-XXXXX"
            autoCapitalize="characters"
            autoComplete="off"
            autoCorrect="off"
            spellCheck={false}
          />
        </label>
        {problem && <Notice kind="error">{problem}</Notice>}
        <button type="submit" className="secondary">
          {t.add.continue}
        </button>
      </form>
    </details>
  );
}

/** From the portal's QR code: a first check, for the account that the code is for. */
export function AddVerificationScreen({ code, accounts }: { code: string; accounts: readonly Account[] }) {
  const able = accounts.filter(({ revoked, state }) => !revoked && state === 'active');
  const without = able.filter(({ hasVerificationKey }) => !hasVerificationKey);
  const [chosen, setChosen] = useState<string>();
  const account = without.length === 1 ? without[0] : accounts.find(({ id }) => id === chosen);
  // Once added, the account is no longer one of those that have none.
  const [adding, setAdding] = useState<Account>();
  const present = adding ?? account;
  if (!code) return <Said>{t.add.linkBroken}</Said>;
  if (present) return <Add account={present} code={code} onBegin={() => setAdding(present)} />;
  if (able.length > 0 && without.length === 0) return <Said>{t.verification.isSetAlready}</Said>;
  if (without.length === 0) return <Said>{t.verification.noAccount}</Said>;
  return (
    <Screen title={t.verification.whichTitle} back="/" top>
      <ul className="list">
        {without.map(({ id, organization, login }) => (
          <li key={id}>
            <button
              type="button"
              className="card row"
              aria-label={`${organization}, ${login}`}
              onClick={() => setChosen(id)}
            >
              <span className="row-text">
                <strong>{organization}</strong>
                <span>{login}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Screen>
  );
}

function Said({ children }: { children: ReactNode }) {
  return (
    <Screen title={t.verification.add} back="/" top>
      <Notice kind="warning">{children}</Notice>
      <ul className="list">
        <LinkRow to="/add" title={t.verification.scan} />
      </ul>
    </Screen>
  );
}

function Add({ account, code, onBegin }: { account: Account; code: string; onBegin: () => void }) {
  const { busy, problem, done, act } = useAct(() => addVerificationKey(account, code));
  if (done) {
    return (
      <Screen title={t.verification.add} back="/" top>
        <div className="done" role="status">
          <BigCheck />
          <h2>{t.verification.added}</h2>
          <p>{t.verification.addedText}</p>
        </div>
        <div className="actions">
          <button type="button" className="primary" onClick={() => goInstead(`/accounts/${account.id}`)}>
            {t.app.done}
          </button>
        </div>
      </Screen>
    );
  }
  return (
    <Screen title={t.verification.add} back="/" top>
      <div className="card facts">
        <dl>
          <dt>{t.activate.organization}</dt>
          <dd>{account.organization}</dd>
          <dt>{t.activate.account}</dt>
          <dd>
            {account.name} ({account.login})
          </dd>
        </dl>
      </div>
      <p>{t.verification.adding}</p>
      {problem}
      <div className="actions">
        <button
          type="button"
          className="primary"
          disabled={busy}
          onClick={() => {
            onBegin();
            act();
          }}
        >
          {t.verification.addNow}
        </button>
      </div>
    </Screen>
  );
}

/** One act at a time, with what went wrong. */
function useAct(perform: () => Promise<void>) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const [done, setDone] = useState(false);
  const act = async () => {
    setBusy(true);
    setFailure(undefined);
    setDone(false);
    await perform().then(() => setDone(true), setFailure);
    setBusy(false);
  };
  const problem =
    failure === undefined ? null : failure instanceof VerificationError ? (
      <VerificationProblem error={failure} />
    ) : (
      <Notice kind="error">{inWords(failure)}</Notice>
    );
  return { busy, problem, done, act: () => void act() };
}
