import { useEffect, useState } from 'react';
import { hotp, importOtpKey, totp, type OtpAccount } from '@countersign/protocol/otp';
import { dropOffer, offeredAccount } from '../codes/offered.ts';
import { addCodes, nameOf, revealCodes, type Code } from '../codes/store.ts';
import { refreshCodes, useCodes, useNow } from '../codes/use-codes.ts';
import { isSameSecret } from '../codes/duplicates.ts';
import { IssuerIcon } from '../codes/issuer-icon.tsx';
import { go, goInstead } from '../routing.ts';
import { inWords } from '../server/failure.ts';
import { count } from '../telemetry/telemetry.ts';
import { t } from '../texts/texts.ts';
import { CodeRow, grouped } from './code-row.tsx';
import { BigCheck, Notice, Screen } from './pieces.tsx';

/** An account of another service, as it was scanned or typed: shown before it is kept, with the code that it makes. */
export function AddCodeScreen() {
  const [account] = useState(offeredAccount);
  const [added, setAdded] = useState<Code>();
  useEffect(() => {
    // Opened anew, after a reload: there is nothing to show.
    if (!account) goInstead('/add');
  }, [account]);
  if (!account) return null;
  if (added) return <Added code={added} />;
  return <Confirm account={account} onAdded={setAdded} />;
}

function Confirm({ account, onAdded }: { account: OtpAccount; onAdded: (code: Code) => void }) {
  const [issuer, setIssuer] = useState(account.issuer);
  const [label, setLabel] = useState(account.label);
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const present = usePresentCode(account);
  const duplicate = useDuplicate(account);

  const add = async () => {
    if (!issuer.trim() && !label.trim()) return setProblem(t.codes.issuerNeeded);
    setBusy(true);
    try {
      const [code] = await addCodes([{ ...account, issuer: issuer.trim(), label: label.trim() }]);
      await refreshCodes();
      dropOffer();
      count('account_added');
      void navigator.storage?.persist?.();
      onAdded(code!);
    } catch (error) {
      setProblem(inWords(error));
      setBusy(false);
    }
  };

  return (
    <Screen title={t.add.foundTitle} back="/add">
      <div className="card code-card">
        <IssuerIcon name={issuer || label} />
        <div>
          <p className="quiet-text">{t.add.found}</p>
          {present && (
            <p className="code" aria-label={`${t.add.presentCode} ${grouped(present)}`}>
              {grouped(present)}
            </p>
          )}
        </div>
      </div>
      {duplicate && <Notice kind="warning">{t.add.duplicate(nameOf(duplicate))}</Notice>}
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <label>
          {t.codes.issuer}
          <input value={issuer} maxLength={200} onChange={(event) => setIssuer(event.target.value)} />
        </label>
        <label>
          {t.codes.label}
          <input value={label} maxLength={200} onChange={(event) => setLabel(event.target.value)} />
        </label>
        {problem && <Notice kind="error">{problem}</Notice>}
        <button type="submit" className={duplicate ? 'secondary' : 'primary'} disabled={busy}>
          {busy ? t.add.adding : duplicate ? t.add.addAnyway : t.add.addAccount}
        </button>
        {duplicate && (
          <button type="button" className="primary" onClick={() => go('/')}>
            {t.app.cancel}
          </button>
        )}
      </form>
    </Screen>
  );
}

/** The code that the account makes now, so that it can be compared before it is kept. */
function usePresentCode(account: OtpAccount): string | undefined {
  const now = useNow();
  const [code, setCode] = useState<string>();
  const moment = account.type === 'hotp' ? account.counter : Math.floor(now / 1000 / account.period);
  useEffect(() => {
    let current = true;
    void importOtpKey(account.secret, account.algorithm)
      .then((key) =>
        account.type === 'hotp'
          ? hotp(key, account.counter, account.digits)
          : totp(key, account, moment * account.period * 1000),
      )
      .then((made) => current && setCode(made));
    return () => {
      current = false;
    };
  }, [account, moment]);
  return code;
}

function useDuplicate(account: OtpAccount): Code | undefined {
  const codes = useCodes();
  const [duplicate, setDuplicate] = useState<Code>();
  useEffect(() => {
    let current = true;
    void (async () => {
      for (const code of codes ?? []) {
        const { accounts } = await revealCodes([code]);
        if (accounts[0] && isSameSecret(accounts[0], account) && current) setDuplicate(code);
      }
    })().catch(() => {});
    return () => {
      current = false;
    };
  }, [account, codes?.length]);
  return duplicate;
}

function Added({ code }: { code: Code }) {
  return (
    <Screen title={t.add.addedTitle} back="/" top>
      <div className="done" role="status">
        <BigCheck />
        <h2>{code.issuer || code.label}</h2>
        <p>{t.add.addedText(nameOf(code))}</p>
      </div>
      <ul className="list">
        <CodeRow code={code} current={false} />
      </ul>
      <div className="actions">
        <button type="button" className="primary" onClick={() => go('/')}>
          {t.app.done}
        </button>
      </div>
    </Screen>
  );
}
