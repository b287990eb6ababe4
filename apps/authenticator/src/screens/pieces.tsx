import { useEffect, useRef, type ReactNode } from 'react';
import { go } from '../routing.ts';

/** The few pieces that every screen is made of. */

/** A screen with its title and, where there is a way back, a Back button. The title takes the focus, so it is read out. */
export function Screen({
  title,
  back,
  children,
  footer,
}: {
  title: string;
  back?: string;
  children: ReactNode;
  footer?: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Countersign Authenticator`;
    heading.current?.focus({ preventScroll: true });
  }, [title]);
  return (
    <div className="screen">
      <header className="bar">
        {back !== undefined && (
          <button type="button" className="icon-button" aria-label="Back" onClick={() => go(back)}>
            <Icon name="back" />
          </button>
        )}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
      </header>
      <main className="content">{children}</main>
      {footer}
    </div>
  );
}

/** The bottom bar: Accounts and More. */
export function Tabs({ current }: { current: 'accounts' | 'more' }) {
  return (
    <nav className="tabs" aria-label="Main">
      <a href="#/" aria-current={current === 'accounts' ? 'page' : undefined}>
        <Icon name="accounts" />
        Accounts
      </a>
      <a href="#/more" aria-current={current === 'more' ? 'page' : undefined}>
        <Icon name="more" />
        More
      </a>
    </nav>
  );
}

export function Notice({
  kind,
  children,
}: {
  kind: 'info' | 'warning' | 'error' | 'success';
  children: ReactNode;
}) {
  return (
    <div className={`notice ${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
      {children}
    </div>
  );
}

const paths = {
  back: 'M15 5l-7 7 7 7',
  accounts: 'M4 7h16M4 12h16M4 17h10',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  add: 'M12 5v14M5 12h14',
  phone: 'M8 3h8a1 1 0 011 1v16a1 1 0 01-1 1H8a1 1 0 01-1-1V4a1 1 0 011-1zM11 18h2',
  check: 'M5 13l4.5 4.5L19 7',
  cross: 'M6 6l12 12M18 6L6 18',
  shield: 'M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6z',
  bell: 'M6 16V11a6 6 0 1112 0v5l1.5 2h-15zM10 20.5a2 2 0 004 0',
  picture: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4',
  keyboard: 'M3 7h18v10H3zM7 11h.01M11 11h.01M15 11h.01M8 14h8',
  chevron: 'M9 5l7 7-7 7',
  warning: 'M12 4l9 16H3zM12 10v4M12 17h.01',
} as const;

export function Icon({ name }: { name: keyof typeof paths }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}

/** The green check with which something ends well. */
export function BigCheck() {
  return (
    <div className="big-check" aria-hidden="true">
      <Icon name="check" />
    </div>
  );
}

/** Whole days ago in words; the exact time is in the title. */
export function When({ at }: { at: number }) {
  const date = new Date(at);
  const text = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(date);
  return <time dateTime={date.toISOString()}>{text}</time>;
}
