import { useState, type ReactNode } from 'react';
import { askForNotifications, notificationState } from '../notifications/subscription.ts';
import { platformOf, isInstalled } from '../activation/device.ts';
import { t } from '../texts/texts.ts';
import { InstallHint } from './install-hint.tsx';
import { Icon } from './pieces.tsx';

/** Three short pages, then the question for notifications. Skip goes to the question at once. */
const icons = ['phone', 'shield', 'bell'] as const;

export function IntroductionScreen({ onEnd }: { onEnd: () => void }) {
  const [page, setPage] = useState(0);
  const { pages } = t.introduction;
  const present = pages[page];
  if (!present) return <Permissions onEnd={onEnd} />;
  const last = page === pages.length - 1;
  return (
    <Page icon={icons[page]!} title={present.title} key={page}>
      <p>{present.text}</p>
      <p className="dots" role="img" aria-label={t.introduction.page(page + 1, pages.length)}>
        {pages.map((_, index) => (
          <span key={index} className={index === page ? 'dot current' : 'dot'} />
        ))}
      </p>
      <div className="actions">
        <button type="button" className="primary" onClick={() => setPage(page + 1)}>
          {last ? t.introduction.getStarted : t.app.next}
        </button>
        <button type="button" className="quiet" onClick={() => setPage(pages.length)}>
          {t.introduction.skip}
        </button>
      </div>
    </Page>
  );
}

function Permissions({ onEnd }: { onEnd: () => void }) {
  const [state, setState] = useState(notificationState());
  const needsInstall = !isInstalled() && platformOf(navigator) !== 'other';
  const words = t.introduction;
  if (state === 'default') {
    return (
      <Page icon="bell" title={words.allowTitle}>
        <p>{words.allowText}</p>
        <div className="actions">
          <button type="button" className="primary" onClick={() => void askForNotifications().then(setState)}>
            {words.allow}
          </button>
          <button type="button" className="quiet" onClick={onEnd}>
            {words.notNow}
          </button>
        </div>
      </Page>
    );
  }
  return (
    <Page
      icon={state === 'granted' ? 'check' : 'bell'}
      title={state === 'granted' ? words.readyTitle : words.readyWithoutTitle}
    >
      <p>{{ denied: words.denied, unsupported: words.unsupported, granted: words.ready }[state]}</p>
      {needsInstall && <InstallHint />}
      <div className="actions">
        <button type="button" className="primary" onClick={onEnd}>
          {words.continue}
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
