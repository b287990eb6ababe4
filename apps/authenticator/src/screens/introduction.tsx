import { useState, type ReactNode } from 'react';
import { askForNotifications, notificationState } from '../notifications/subscription.ts';
import { platformOf, isInstalled } from '../activation/device.ts';
import { InstallHint } from './install-hint.tsx';
import { Icon } from './pieces.tsx';

/** Three short pages, then the question for notifications. Skip goes to the question at once. */
const pages: { icon: 'shield' | 'phone' | 'bell'; title: string; text: string }[] = [
  {
    icon: 'phone',
    title: 'Approve with a tap',
    text: 'When you sign in at work, a request comes to this phone. You see who asks and from where, and answer Approve or Deny.',
  },
  {
    icon: 'shield',
    title: 'Only you can answer',
    text: 'The key that signs your answer is made on this phone and never leaves it. Sometimes you type a number that the sign-in page shows, or confirm with your face, finger or passcode.',
  },
  {
    icon: 'bell',
    title: 'Why notifications',
    text: 'A request waits for about a minute. A notification tells you of it at once, also when the app is closed. Nothing else is ever sent.',
  },
];

export function IntroductionScreen({ onEnd }: { onEnd: () => void }) {
  const [page, setPage] = useState(0);
  const present = pages[page];
  if (!present) return <Permissions onEnd={onEnd} />;
  const last = page === pages.length - 1;
  return (
    <Page icon={present.icon} title={present.title} key={page}>
      <p>{present.text}</p>
      <p className="dots" role="img" aria-label={`Page ${page + 1} of ${pages.length}`}>
        {pages.map((_, index) => (
          <span key={index} className={index === page ? 'dot current' : 'dot'} />
        ))}
      </p>
      <div className="actions">
        <button type="button" className="primary" onClick={() => setPage(page + 1)}>
          {last ? 'Get started' : 'Next'}
        </button>
        <button type="button" className="quiet" onClick={() => setPage(pages.length)}>
          Skip
        </button>
      </div>
    </Page>
  );
}

function Permissions({ onEnd }: { onEnd: () => void }) {
  const [state, setState] = useState(notificationState());
  const needsInstall = !isInstalled() && platformOf(navigator) !== 'other';
  if (state === 'default') {
    return (
      <Page icon="bell" title="Allow notifications?">
        <p>
          So that a request reaches you while the app is closed. Without them, open the app when you sign in:
          requests appear in it by themselves.
        </p>
        <div className="actions">
          <button type="button" className="primary" onClick={() => void askForNotifications().then(setState)}>
            Allow notifications
          </button>
          <button type="button" className="quiet" onClick={onEnd}>
            Not now
          </button>
        </div>
      </Page>
    );
  }
  return (
    <Page
      icon={state === 'granted' ? 'check' : 'bell'}
      title={state === 'granted' ? 'You are ready' : 'Ready, without notifications'}
    >
      {state === 'denied' && (
        <p>
          Notifications are blocked for this app. Requests appear while it is open; you can allow
          notifications later in the system’s settings.
        </p>
      )}
      {state === 'unsupported' && (
        <p>This browser cannot receive notifications here. Requests appear while the app is open.</p>
      )}
      {state === 'granted' && <p>Requests will reach you, also when the app is closed.</p>}
      {needsInstall && <InstallHint />}
      <div className="actions">
        <button type="button" className="primary" onClick={onEnd}>
          Continue
        </button>
      </div>
    </Page>
  );
}

function Page({
  icon,
  title,
  children,
}: {
  icon: Parameters<typeof Icon>[0]['name'];
  title: string;
  children: ReactNode;
}) {
  return (
    <main className="introduction">
      <div className="introduction-picture" aria-hidden="true">
        <Icon name={icon} />
      </div>
      <h1>{title}</h1>
      {children}
    </main>
  );
}
