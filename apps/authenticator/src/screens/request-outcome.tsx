import type { PushRequest } from '@countersign/protocol/wire';
import type { Account } from '../accounts/database.ts';
import { go } from '../routing.ts';
import { t } from '../texts/texts.ts';
import { BigCheck, Icon, Screen } from './pieces.tsx';

/** How a request ended, and what to do now. */
export function RequestOutcome({
  request,
  state,
  answeredHere,
  account,
}: {
  request: PushRequest;
  state: PushRequest['state'];
  answeredHere: boolean;
  account: Account;
}) {
  const { title, text } = wordsOf(state, answeredHere, request);
  return (
    <Screen title={title} back="/">
      <div className="done" role={state === 'expired' || state === 'failed' ? 'alert' : 'status'}>
        {state === 'approved' ? (
          <BigCheck />
        ) : (
          <div
            className={`big-check ${state === 'denied' || state === 'reported' ? 'bad' : 'over'}`}
            aria-hidden="true"
          >
            <Icon name={state === 'expired' || state === 'failed' ? 'warning' : 'cross'} />
          </div>
        )}
        <h2>{title}</h2>
        <p>{text}</p>
        {state === 'reported' && request.purpose !== 'verification' && (
          <a
            className="button secondary"
            href={`${account.issuer}/security`}
            target="_blank"
            rel="noreferrer"
          >
            {t.outcome.changePassword}
          </a>
        )}
      </div>
      <div className="actions">
        {state === 'approved' && request.purpose === 'activation' && (
          <button type="button" className="primary" onClick={() => go(`/accounts/${account.id}/move`)}>
            {t.outcome.followMove}
          </button>
        )}
        <button
          type="button"
          className={state === 'approved' && request.purpose === 'activation' ? 'secondary' : 'primary'}
          onClick={() => go('/')}
        >
          {t.outcome.back}
        </button>
      </div>
    </Screen>
  );
}

function wordsOf(
  state: PushRequest['state'],
  answeredHere: boolean,
  request: PushRequest,
): { title: string; text: string } {
  const { purpose } = request;
  switch (state) {
    case 'approved':
      if (purpose === 'test') return t.outcome.approvedTest;
      return {
        title: t.outcome.approved,
        text: answeredHere ? approvedHere(request) : t.outcome.approvedElsewhere,
      };
    case 'denied':
    case 'reported':
    case 'expired':
    case 'failed':
      if (purpose === 'device_login') return t.outcome.host[state];
      if (purpose === 'verification') return t.outcome.verification[state];
      return purpose === 'activation' && state !== 'failed' ? t.outcome.transfer[state] : t.outcome[state];
    default:
      return t.outcome.ended;
  }
}

function approvedHere({ purpose, resource: { kind, name } }: PushRequest): string {
  if (purpose === 'activation') return t.outcome.approvedTransfer(name);
  if (purpose === 'device_login') return t.outcome.approvedHost(name);
  if (purpose === 'verification') return t.outcome.approvedVerification(name);
  return kind === 'act' ? t.outcome.approvedAct(name) : t.outcome.approvedHere(name);
}
