import type { PushRequest } from '@countersign/protocol/wire';
import type { Account } from '../accounts/database.ts';
import { go } from '../routing.ts';
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
        {state === 'reported' && (
          <a
            className="button secondary"
            href={`${account.issuer}/security`}
            target="_blank"
            rel="noreferrer"
          >
            Change your password
          </a>
        )}
      </div>
      <div className="actions">
        <button type="button" className="primary" onClick={() => go('/')}>
          Back to accounts
        </button>
      </div>
    </Screen>
  );
}

function wordsOf(
  state: PushRequest['state'],
  answeredHere: boolean,
  { purpose, resource }: PushRequest,
): { title: string; text: string } {
  switch (state) {
    case 'approved':
      if (purpose === 'test')
        return { title: 'It works', text: 'This phone can be reached, and its answer arrived.' };
      return {
        title: 'Approved',
        text: answeredHere ? `You are being signed in to ${resource.name}.` : 'It was approved already.',
      };
    case 'denied':
      return { title: 'Denied', text: 'Nobody was signed in.' };
    case 'reported':
      return {
        title: 'Reported',
        text: 'The sign-in was refused and your administrators were told. Somebody knows your password: change it now.',
      };
    case 'expired':
      return {
        title: 'This request has expired',
        text: 'Nobody was signed in. If it was you, choose “Send again” on the sign-in page.',
      };
    case 'failed':
      return {
        title: 'That was not the number',
        text: 'The request has ended and nobody was signed in. If it was you, choose “Send again” and type the new number.',
      };
    default:
      return {
        title: 'This request has ended',
        text: 'It was given up, or answered elsewhere. There is nothing left to do.',
      };
  }
}
