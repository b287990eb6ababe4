import { useLocation } from '@tanstack/react-router';
import { createContext, use, useMemo, useState, type ReactNode } from 'react';
import { Callout } from './callout.tsx';
import styles from './notice.module.css';

/**
 * What was done, said at the top of the room where it shows: it stays until it is closed, the next thing is done, or the
 * person goes elsewhere. Nothing vanishes by itself while somebody reads.
 */
interface Said {
  words: string;
  /** The address where it is shown; undefined: here. */
  at: string;
}

interface Notices {
  said: Said | null;
  /** `at`: the room that the person is taken to, where it is another one than this. */
  say(words: string, at?: string): void;
  clear(): void;
}

const NoticesContext = createContext<Notices | null>(null);

export function NoticeProvider({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState<Said | null>(null);
  const { pathname } = useLocation();
  const notices = useMemo<Notices>(
    () => ({
      said,
      say: (words, at = pathname) => setSaid({ words, at }),
      clear: () => setSaid(null),
    }),
    [said, pathname],
  );
  return <NoticesContext value={notices}>{children}</NoticesContext>;
}

export function useNotices(): Notices {
  const notices = use(NoticesContext);
  if (!notices) throw new Error('useNotices needs a NoticeProvider above it');
  return notices;
}

/** The live region is there before anything is said: screen readers announce only what changes inside one. */
export function Notice() {
  const { said, clear } = useNotices();
  const { pathname } = useLocation();
  const shown = said !== null && said.at === pathname ? said : null;
  return (
    <div role="status" className={styles.notice}>
      {shown && (
        <Callout tone="success" onClose={clear}>
          {shown.words}
        </Callout>
      )}
    </div>
  );
}
