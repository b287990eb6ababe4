import type { PushRequest } from '@countersign/protocol/wire';
import { Icon } from './pieces.tsx';

/** What the person decides on: what is unusual first, then who asks, for what, from where, when. */
export function RequestFacts({ request }: { request: PushRequest }) {
  const { resource, account, context, purpose } = request;
  const isOwn = purpose === 'test';
  return (
    <>
      <div className="asker">
        <span className="row-icon" aria-hidden="true">
          {resource.name.slice(0, 1).toUpperCase()}
        </span>
        <div>
          <p className="asker-name">{resource.name}</p>
          <p className="quiet-text">{account.login}</p>
        </div>
      </div>
      {!isOwn &&
        (context.familiar ? (
          <p className="unusual nothing">
            <Icon name="check" />
            Nothing unusual: {context.host ? 'a place' : 'a browser'} that you have used before.
          </p>
        ) : (
          <p className="unusual something">
            <Icon name="warning" />
            <span>
              <strong>New browser.</strong> You have not signed in from it before. If this is not you, deny.
            </span>
          </p>
        ))}
      <div className="card facts compact">
        <dl>
          {context.client && (
            <>
              <dt>Browser</dt>
              <dd>{context.client}</dd>
            </>
          )}
          {context.host && (
            <>
              <dt>Computer</dt>
              <dd>{context.local_user ? `${context.host} (${context.local_user})` : context.host}</dd>
            </>
          )}
          {context.location && (
            <>
              <dt>Place</dt>
              <dd>{[context.location.city, context.location.country].filter(Boolean).join(', ')}</dd>
            </>
          )}
          {context.ip && (
            <>
              <dt>Address</dt>
              <dd>{context.ip}</dd>
            </>
          )}
          <dt>Time</dt>
          <dd>
            {new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' }).format(
              new Date(context.requested_at),
            )}
          </dd>
        </dl>
      </div>
    </>
  );
}
