import { createContext, useContext, useEffect, useRef, useState, type ReactNode } from 'react';
import { go } from '../routing.ts';
import { presentLanguage, t } from '../texts/texts.ts';

/** The few pieces that every screen is made of. */

/** Where a screen stands: alone on a phone; on a wide screen in the list on the left or the details on the right. */
export const Pane = createContext<'alone' | 'list' | 'details'>('alone');

/**
 * A screen with its title and, where there is a way back, a Back button. The title takes the focus, so it is read out.
 * `top`: right beside the list there is nothing to go back to.
 */
export function Screen({
  title,
  back,
  top = false,
  children,
  footer,
}: {
  title: string;
  back?: string;
  top?: boolean;
  children: ReactNode;
  footer?: ReactNode;
}) {
  const pane = useContext(Pane);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (pane === 'list') return;
    document.title = `${title} · ${t.app.name}`;
    heading.current?.focus({ preventScroll: true });
  }, [title, pane]);
  const Content = pane === 'list' ? 'section' : 'main';
  return (
    <div className="screen">
      <header className="bar">
        {back !== undefined && !(top && pane === 'details') && (
          <button type="button" className="icon-button" aria-label={t.app.back} onClick={() => go(back)}>
            <Icon name="back" />
          </button>
        )}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
      </header>
      <Content className="content" aria-label={pane === 'list' ? title : undefined}>
        {children}
      </Content>
      {footer}
    </div>
  );
}

/** The bottom bar: Accounts and More. */
export function Tabs({ current }: { current: 'accounts' | 'more' }) {
  return (
    <nav className="tabs" aria-label={t.app.main}>
      <a href="#/" aria-current={current === 'accounts' ? 'page' : undefined}>
        <Icon name="accounts" />
        {t.app.accounts}
      </a>
      <a href="#/more" aria-current={current === 'more' ? 'page' : undefined}>
        <Icon name="more" />
        {t.app.more}
      </a>
    </nav>
  );
}

/** A row that leads to another screen. */
export function LinkRow({
  to,
  title,
  text,
  current = false,
}: {
  to: string;
  title: string;
  text?: string;
  current?: boolean;
}) {
  return (
    <li>
      <a className="card row" href={`#${to}`} aria-current={current ? 'true' : undefined}>
        <span className="row-text">
          <strong>{title}</strong>
          {text && <span>{text}</span>}
        </span>
        <Icon name="chevron" />
      </a>
    </li>
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

/** Asks before something that cannot be undone. `onConfirm` throws what went wrong in words for the person. */
export function ConfirmDialog({
  title,
  confirm,
  onConfirm,
  onClose,
  children,
  extra,
}: {
  title: string;
  confirm: string;
  onConfirm: () => Promise<void>;
  onClose: () => void;
  children: ReactNode;
  extra?: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const act = async () => {
    setBusy(true);
    setProblem(undefined);
    await onConfirm().catch((error: Error) => setProblem(error.message));
    setBusy(false);
  };
  return (
    <dialog ref={dialog} aria-labelledby="confirm-title" onClose={onClose}>
      <h2 id="confirm-title">{title}</h2>
      {children}
      {problem && <Notice kind="error">{problem}</Notice>}
      <div className="dialog-actions">
        <button type="button" className="secondary" onClick={() => dialog.current?.close()}>
          {t.app.cancel}
        </button>
        <button type="button" className="danger" disabled={busy} onClick={() => void act()}>
          {confirm}
        </button>
      </div>
      {extra}
    </dialog>
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
  camera: 'M3 8h4l2-3h6l2 3h4v11H3zM12 10a3.5 3.5 0 110 7 3.5 3.5 0 010-7z',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  lock: 'M6 11h12v9H6zM9 11V8a3 3 0 016 0v3',
  up: 'M5 15l7-7 7 7',
  down: 'M5 9l7 7 7-7',
  refresh: 'M19 12a7 7 0 11-2-5l2 2M19 4v5h-5',
  host: 'M4 5h16v6H4zM4 13h16v6H4zM7 8h.01M7 16h.01',
  search: 'M11 5a6 6 0 110 12 6 6 0 010-12zM20 20l-4.5-4.5',
} as const;

export function Icon({ name }: { name: keyof typeof paths }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}

/** From so many rows on there is a search. */
export const searchFrom = 8;

/** Every word must be somewhere in the names. */
export const matches = (query: string, names: string): boolean =>
  query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => names.toLowerCase().includes(word));

export function Search({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <label className="search">
      <Icon name="search" />
      <input
        type="search"
        value={value}
        placeholder={label}
        aria-label={label}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
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

/** Day and time in the person's language. */
export function When({ at }: { at: number }) {
  const date = new Date(at);
  const format = new Intl.DateTimeFormat(presentLanguage(), { dateStyle: 'medium', timeStyle: 'short' });
  return <time dateTime={date.toISOString()}>{format.format(date)}</time>;
}
