import type { PushRequest } from '@countersign/protocol/wire';
import { Fragment } from 'react';
import { programOf } from '../requests/host-login.ts';
import { presentLanguage, t } from '../texts/texts.ts';
import { Icon } from './pieces.tsx';

/** Nothing is fetched from elsewhere, whoever names the address. */
const ownLogo = (uri: string | null): string | null =>
  uri !== null && URL.parse(uri)?.origin === location.origin ? uri : null;

/** What the person decides on: what is unusual first, then who asks, for what, from where, when. */
export function RequestFacts({ request }: { request: PushRequest }) {
  const { resource, account, context, purpose } = request;
  const isOwn = purpose === 'test';
  const moving = purpose === 'activation';
  const [warning, warningText] = warningOf(request);
  return (
    <>
      <div className="asker">
        <span className="row-icon" aria-hidden="true">
          <AskerIcon resource={resource} />
        </span>
        <div>
          <p className="asker-name">{resource.name}</p>
          <p className="quiet-text">
            {resource.kind === 'host' ? `${t.request.host} · ${account.login}` : account.login}
          </p>
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
          {factsOf(request).map(([term, value]) => (
            <Fragment key={term}>
              <dt>{term}</dt>
              <dd>{value}</dd>
            </Fragment>
          ))}
        </dl>
      </div>
    </>
  );
}

function AskerIcon({ resource: { kind, name, logo_uri } }: Pick<PushRequest, 'resource'>) {
  const logo = ownLogo(logo_uri);
  if (logo !== null) return <img src={logo} alt="" />;
  return kind === 'host' ? <Icon name="host" /> : name.slice(0, 1).toUpperCase();
}

function warningOf({ purpose, resource }: PushRequest): [warning: string, text: string] {
  switch (purpose) {
    case 'activation':
      return [t.request.newPhone, t.request.newPhoneText(resource.name)];
    case 'backchannel':
      return [t.request.program, t.request.programText];
    case 'verification':
      return [t.request.verification(resource.name), t.request.verificationText];
    case 'device_login':
      return [t.request.newPlace, t.request.newPlaceText];
    default:
      return [t.request.newBrowser, t.request.newBrowserText];
  }
}

/** Those that are known. */
function factsOf({ purpose, context }: PushRequest): [term: string, value: string][] {
  const { binding_message, client, host, local_user, location, ip, requested_at } = context;
  const place = location && [location.city, location.country].filter(Boolean).join(', ');
  const time = new Intl.DateTimeFormat(presentLanguage(), { timeStyle: 'medium' });
  const asker: [string, string | null | undefined][] =
    purpose === 'device_login'
      ? [
          [t.request.service, programOf(client)],
          [t.request.localUser, local_user],
        ]
      : [
          [t.request.told, binding_message],
          [purpose === 'verification' ? t.request.askedBy : t.request.browser, client],
          [t.request.computer, host && local_user ? `${host} (${local_user})` : host],
        ];
  const all: typeof asker = [
    ...asker,
    [t.request.place, place],
    [purpose === 'device_login' ? t.request.from : t.request.address, ip],
    [t.request.time, time.format(new Date(requested_at))],
  ];
  return all.filter((fact): fact is [string, string] => Boolean(fact[1]));
}
