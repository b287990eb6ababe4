import type { PushRequest } from '@countersign/protocol/wire';
import { presentLanguage, t } from '../texts/texts.ts';
import { Icon } from './pieces.tsx';

/** Nothing is fetched from elsewhere, whoever names the address. */
const ownLogo = (uri: string | null): string | null =>
  uri !== null && URL.parse(uri)?.origin === location.origin ? uri : null;

/** What the person decides on: what is unusual first, then who asks, for what, from where, when. */
export function RequestFacts({ request }: { request: PushRequest }) {
  const { resource, account, context, purpose } = request;
  const logo = ownLogo(resource.logo_uri);
  const isOwn = purpose === 'test';
  const moving = purpose === 'activation';
  const [warning, warningText] = moving
    ? [t.request.newPhone, t.request.newPhoneText(resource.name)]
    : purpose === 'backchannel'
      ? [t.request.program, t.request.programText]
      : [t.request.newBrowser, t.request.newBrowserText];
  return (
    <>
      <div className="asker">
        <span className="row-icon" aria-hidden="true">
          {logo === null ? resource.name.slice(0, 1).toUpperCase() : <img src={logo} alt="" />}
        </span>
        <div>
          <p className="asker-name">{resource.name}</p>
          <p className="quiet-text">{account.login}</p>
        </div>
      </div>
      {!isOwn &&
        (context.familiar && !moving ? (
          <p className="unusual nothing">
            <Icon name="check" />
            {context.host ? t.request.nothingUnusualHost : t.request.nothingUnusualBrowser}
          </p>
        ) : (
          <p className="unusual something">
            <Icon name="warning" />
            <span>
              <strong>{warning}</strong> {warningText}
            </span>
          </p>
        ))}
      <div className="card facts compact">
        <dl>
          {context.binding_message !== undefined && (
            <>
              <dt>{t.request.told}</dt>
              <dd>{context.binding_message}</dd>
            </>
          )}
          {context.client && (
            <>
              <dt>{t.request.browser}</dt>
              <dd>{context.client}</dd>
            </>
          )}
          {context.host && (
            <>
              <dt>{t.request.computer}</dt>
              <dd>{context.local_user ? `${context.host} (${context.local_user})` : context.host}</dd>
            </>
          )}
          {context.location && (
            <>
              <dt>{t.request.place}</dt>
              <dd>{[context.location.city, context.location.country].filter(Boolean).join(', ')}</dd>
            </>
          )}
          {context.ip && (
            <>
              <dt>{t.request.address}</dt>
              <dd>{context.ip}</dd>
            </>
          )}
          <dt>{t.request.time}</dt>
          <dd>
            {new Intl.DateTimeFormat(presentLanguage(), { timeStyle: 'medium' }).format(
              new Date(context.requested_at),
            )}
          </dd>
        </dl>
      </div>
    </>
  );
}
