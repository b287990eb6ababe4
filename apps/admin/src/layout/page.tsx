import { Title } from '@mantine/core';
import { useEffect, useRef, type ReactNode } from 'react';
import { useOrganization } from '../session/organization.ts';
import styles from './page.module.css';

/** The first page of a visit leaves the focus where the browser put it. */
let visited = false;

/**
 * A room: its title in the window and as the one heading of level 1, which takes the focus when somebody comes from
 * another room, so that a screen reader says where they are.
 */
export function Page(props: {
  title: string;
  /** One sentence under the title. */
  lead?: ReactNode;
  /** Where it belongs: a link back to the list. */
  above?: ReactNode;
  /** The main action of the room. */
  action?: ReactNode;
  narrow?: boolean;
  children: ReactNode;
}) {
  const { title, lead, above, action, narrow = false, children } = props;
  const organization = useOrganization();
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    document.title = `${title} · ${organization} Admin Portal`;
  }, [title, organization]);

  useEffect(() => {
    if (visited) heading.current?.focus();
    visited = true;
  }, []);

  return (
    <div className={narrow ? styles.narrow : undefined}>
      {above !== undefined && <div className={styles.above}>{above}</div>}
      <header className={styles.header}>
        <div className={styles.words}>
          <Title order={1} ref={heading} tabIndex={-1} className={styles.title}>
            {title}
          </Title>
          {lead !== undefined && <p className={styles.lead}>{lead}</p>}
        </div>
        {action}
      </header>
      {children}
    </div>
  );
}
