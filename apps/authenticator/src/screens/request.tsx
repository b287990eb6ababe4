import { useEffect, useState } from 'react';
import type { PushRequest } from '@countersign/protocol/wire';
import { useAccounts } from '../accounts/use-accounts.ts';
import { finishActivation } from '../activation/activate.ts';
import { refreshAccounts } from '../accounts/use-accounts.ts';
import { bringHostsSoon } from '../hosts/bring.ts';
import { sendAnswer } from '../requests/answer.ts';
import { findRequest } from '../requests/find.ts';
import {
  isOwnActivation,
  keepRequest,
  usePushRequests,
  type KnownRequest,
} from '../requests/use-requests.ts';
import { go } from '../routing.ts';
import { call, serverNow } from '../server/client.ts';
import { codeOf, inWords, OfflineError, ProblemError } from '../server/failure.ts';
import { count, note } from '../telemetry/telemetry.ts';
import { t } from '../texts/texts.ts';
import { noteNewPhone } from '../transfer/follow.ts';
import { VerificationError, verifyForAnswer } from '../verification/verification-key.ts';
import { NumberPad } from './number-pad.tsx';
import { Notice, Screen } from './pieces.tsx';
import { RequestFacts } from './request-facts.tsx';
import { RequestOutcome } from './request-outcome.tsx';
import { SecondsLeft, useSecondsLeft } from './seconds-left.tsx';
import { VerificationProblem } from './verification-problem.tsx';

/** One request, from whatever brought the person here: the notification, the list, or the request itself. */
export function RequestScreen({ id }: { id: string }) {
  const { requests } = usePushRequests();
  const accounts = useAccounts() ?? [];
  const known = requests.find(({ request }) => request.id === id);
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    // What the list does not know may have come by notification, or have ended.
    if (known) return;
    let current = true;
    findRequest(accounts, id).then(
      (found) =>
        current && (found ? keepRequest(found.account, found.request) : setProblem(t.request.notHere)),
      (error: unknown) => current && setProblem(inWords(error)),
    );
    return () => {
      current = false;
    };
  }, [id, known === undefined, accounts.length]);

  if (!known) {
    return (
      <Screen title={t.request.title} back="/">
        {problem ? <Notice kind="error">{problem}</Notice> : <p role="status">{t.app.loading}</p>}
      </Screen>
    );
  }
  // The new phone's own request is answered by the app; the old phone's is for the person to decide.
  if (isOwnActivation(known) && known.request.state === 'pending') {
    return <ActivationRequest known={known} />;
  }
  return <Decide known={known} />;
}

/** Tapping the notification of an activation completes it. */
function ActivationRequest({ known: { account, request } }: { known: KnownRequest }) {
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    finishActivation(account).then(
      () => go('/'),
      (error: unknown) => setProblem(inWords(error)),
    );
  }, [request.id]);
  return (
    <Screen title={t.request.finishing} back="/">
      {problem ? <Notice kind="error">{problem}</Notice> : <p role="status">{t.request.finishingText}</p>}
    </Screen>
  );
}

function Decide({ known: { account, request } }: { known: KnownRequest }) {
  const left = useSecondsLeft(request.expires_at, () => serverNow(account));
  const [number, setNumber] = useState('');
  const [busy, setBusy] = useState(false);
  const [waiting, setWaiting] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [outcome, setOutcome] = useState<PushRequest['state']>();
  const [mine, setMine] = useState(false);
  const [verificationProblem, setVerificationProblem] = useState<VerificationError>();
  /** It was sent, perhaps taken, and no reply came while the request lived. */
  const [unknownFate, setUnknownFate] = useState(false);

  useEffect(() => {
    if (request.state !== 'pending') return;
    note('request_shown', { duration_ms: Math.max(0, serverNow(account) - Date.parse(request.created_at)) });
    void call(account, 'POST', `/requests/${request.id}/seen`).catch(() => {});
  }, [request.id]);

  // While an answer is on its way, only its own end counts: what is heard of the request meanwhile may be this answer's.
  const heard = request.state === 'pending' && left <= 0 ? 'expired' : request.state;
  const state = outcome ?? (busy || (unknownFate && heard === 'expired') ? 'pending' : heard);
  if (state !== 'pending')
    return <RequestOutcome request={request} state={state} answeredHere={mine} account={account} />;

  const wanted = request.confirmation.kind === 'number' ? request.confirmation.length : 0;
  const answer = async (decision: 'approve' | 'deny' | 'report') => {
    setBusy(true);
    setProblem(undefined);
    setVerificationProblem(undefined);
    let sent = false;
    try {
      const claims = { decision, ...(decision === 'approve' && wanted > 0 ? { number } : {}) };
      const answered = await sendAnswer(account, request, claims, {
        verify: verifyForAnswer,
        onWaiting() {
          sent = true;
          setWaiting(true);
        },
      });
      count('request_answered');
      void refreshAccounts();
      if (request.purpose === 'activation') noteNewPhone(account.id, request.resource.name);
      setMine(true);
      setOutcome(answered.state);
      if (request.purpose === 'device_login' && answered.state === 'approved') bringHostsSoon(account);
      keepRequest(account, { ...request, state: answered.state });
    } catch (error) {
      if (error instanceof ProblemError && error.code === 'wrong_number') {
        setMine(true);
        setOutcome('failed');
      } else if (error instanceof ProblemError && error.code === 'request_expired') setOutcome('expired');
      else if (error instanceof ProblemError && error.code === 'request_already_answered')
        setOutcome(error.problem.state ?? 'cancelled');
      else if (error instanceof VerificationError) {
        note('verification_failed', { code: error.kind });
        setVerificationProblem(error);
      } else {
        note('error', { code: codeOf(error) });
        setUnknownFate(sent && error instanceof OfflineError);
        setProblem(sent && error instanceof OfflineError ? t.request.unknownFate : inWords(error));
      }
    } finally {
      setWaiting(false);
      setBusy(false);
    }
  };

  return (
    <Screen title={titleOf(request)} back="/">
      <RequestFacts request={request} />
      {wanted > 0 && (
        <NumberPad
          shownBy={numberShownBy(request)}
          length={wanted}
          value={number}
          onChange={setNumber}
          onDone={() => void answer('approve')}
        />
      )}
      {verificationProblem && (
        <VerificationProblem error={verificationProblem}>{t.verification.denyInstead}</VerificationProblem>
      )}
      {problem && <Notice kind="error">{problem}</Notice>}
      {waiting && <Notice kind="warning">{t.request.sendingAgain}</Notice>}
      <div className="decision">
        <div className="decision-buttons">
          <button type="button" className="deny" disabled={busy} onClick={() => void answer('deny')}>
            {t.request.deny}
          </button>
          <button
            type="button"
            className="approve"
            disabled={busy || number.length < wanted}
            onClick={() => void answer('approve')}
          >
            {t.request.approve}
          </button>
        </div>
        <div className="decision-foot">
          {request.purpose !== 'test' && (
            <button
              type="button"
              className="quiet report"
              disabled={busy}
              onClick={() => void answer('report')}
            >
              {t.request.report}
            </button>
          )}
          <SecondsLeft seconds={left} of={totalSeconds(request)} />
        </div>
      </div>
    </Screen>
  );
}

const totalSeconds = ({ created_at, expires_at }: PushRequest): number =>
  (Date.parse(expires_at) - Date.parse(created_at)) / 1000;

function numberShownBy({ purpose }: PushRequest): 'page' | 'prompt' | 'nobody' {
  if (purpose === 'backchannel' || purpose === 'verification') return 'nobody';
  return purpose === 'device_login' ? 'prompt' : 'page';
}

function titleOf({ purpose }: PushRequest): string {
  if (purpose === 'test') return t.request.titleTest;
  if (purpose === 'step_up' || purpose === 'password_reset') return t.request.titleStepUp;
  if (purpose === 'backchannel') return t.request.titleProgram;
  if (purpose === 'device_login') return t.request.titleHost;
  if (purpose === 'verification') return t.request.titleVerification;
  return purpose === 'activation' ? t.request.titleTransfer : t.request.titleSignIn;
}
