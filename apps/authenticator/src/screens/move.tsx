import { useState } from 'react';
import type { Account } from '../accounts/database.ts';
import type { Code } from '../codes/store.ts';
import { isPending, usePushRequests } from '../requests/use-requests.ts';
import { go } from '../routing.ts';
import { inWords } from '../server/failure.ts';
import { t } from '../texts/texts.ts';
import { beginTransfer } from '../transfer/begin.ts';
import { newPhoneOf, shownTransfer, showTransfer, stopTransfer, useTransfer } from '../transfer/follow.ts';
import { VerificationError } from '../verification/verification-key.ts';
import { MoveCode } from './move-code.tsx';
import { BigCheck, Notice, Screen } from './pieces.tsx';
import { VerificationProblem } from './verification-problem.tsx';

/** Moving an account to a new phone, on the old one: what comes along, the code, the new phone's request, and the end. */
export function MoveScreen({ account, codes }: { account: Account; codes: readonly Code[] }) {
  const back = `/accounts/${account.id}`;
  const newPhone = newPhoneOf(account.id);
  if (account.revoked && newPhone !== undefined) return <TakenOver account={account} name={newPhone} />;
  return (
    <Screen title={t.move.title} back={back}>
      {account.revoked ? (
        <Notice kind="warning">{t.account.revoked}</Notice>
      ) : account.hasVerificationKey ? (
        <Moving account={account} codes={codes} />
      ) : (
        <NeedsKey account={account} />
      )}
    </Screen>
  );
}

function NeedsKey({ account }: { account: Account }) {
  return (
    <>
      <Notice kind="info">{t.move.needsKey}</Notice>
      <div className="actions">
        <button type="button" className="primary" onClick={() => go(`/accounts/${account.id}/verification`)}>
          {t.verification.add}
        </button>
      </div>
    </>
  );
}

function TakenOver({ account, name }: { account: Account; name: string }) {
  return (
    <Screen title={t.move.title} back="/">
      <div className="done" role="status">
        <BigCheck />
        <h2>{t.move.doneHeading(name)}</h2>
        <p>{t.move.done}</p>
      </div>
      <div className="actions">
        <button type="button" className="primary" onClick={() => go(`/accounts/${account.id}`)}>
          {t.move.toAccount}
        </button>
      </div>
    </Screen>
  );
}

function Moving({ account, codes }: { account: Account; codes: readonly Code[] }) {
  const { transfer, ended, look } = useTransfer(account);
  const [anew, setAnew] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [stopping, setStopping] = useState(false);
  const outgoing = shownTransfer(account.id);

  const stop = async () => {
    setStopping(true);
    setProblem(undefined);
    try {
      await stopTransfer(account);
      await look();
    } catch (error) {
      setProblem(inWords(error));
    } finally {
      setStopping(false);
    }
  };

  if (transfer === undefined && !outgoing) return <p role="status">{t.app.loading}</p>;
  if (anew || (!transfer && !outgoing)) {
    return (
      <>
        {ended && <Notice kind="warning">{t.move[ended]}</Notice>}
        <Begin
          account={account}
          codes={codes}
          onBegun={() => {
            setAnew(false);
            void look().catch(() => {});
          }}
        />
      </>
    );
  }
  return (
    <>
      {transfer?.state === 'pending' ? (
        <ApproveHere account={account} name={transfer.device ?? ''} />
      ) : outgoing ? (
        <MoveCode account={account} outgoing={outgoing} />
      ) : (
        <Notice kind="info">{t.move.underWay}</Notice>
      )}
      {problem && <Notice kind="error">{problem}</Notice>}
      <div className="actions">
        {transfer?.state === 'waiting' && !outgoing && (
          <button type="button" className="primary" onClick={() => setAnew(true)}>
            {t.move.again}
          </button>
        )}
        <button type="button" className="secondary" disabled={stopping} onClick={() => void stop()}>
          {t.move.stop}
        </button>
      </div>
    </>
  );
}

/** The new phone has taken the code: its request is for the person to decide, on a screen of its own. */
function ApproveHere({ account, name }: { account: Account; name: string }) {
  const { requests } = usePushRequests();
  const waiting = requests.find(
    (known) => isPending(known) && known.account.id === account.id && known.request.purpose === 'activation',
  );
  return (
    <>
      <Notice kind="info">{waiting ? t.move.approveNow(name) : t.move.finishing(name)}</Notice>
      {waiting && (
        <div className="actions">
          <button type="button" className="primary" onClick={() => go(`/requests/${waiting.request.id}`)}>
            {t.move.openRequest}
          </button>
        </div>
      )}
    </>
  );
}

function Begin({
  account,
  codes,
  onBegun,
}: {
  account: Account;
  codes: readonly Code[];
  onBegun: () => void;
}) {
  const [withCodes, setWithCodes] = useState(codes.length > 0);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const begin = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      showTransfer(account.id, await beginTransfer(account, withCodes ? codes : []));
      onBegun();
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <p>{t.move.intro(account.organization)}</p>
      {codes.length > 0 && (
        <div className="card form">
          <label className="switch">
            <input
              type="checkbox"
              checked={withCodes}
              aria-describedby="move-codes"
              onChange={(event) => setWithCodes(event.target.checked)}
            />
            <span>{t.move.withCodes(codes.length)}</span>
          </label>
          <p id="move-codes" className="quiet-text">
            {t.move.withCodesText}
          </p>
        </div>
      )}
      <p className="quiet-text">{t.activate.willAsk}</p>
      {problem instanceof VerificationError ? (
        <VerificationProblem error={problem} />
      ) : (
        problem !== undefined && <Notice kind="error">{inWords(problem)}</Notice>
      )}
      <div className="actions">
        <button type="button" className="primary" disabled={busy} onClick={() => void begin()}>
          {busy ? t.move.starting : t.move.start}
        </button>
      </div>
    </>
  );
}
