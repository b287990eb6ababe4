import { Title } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import styles from './section.module.css';

/** A part of a room, on a surface of its own, named for screen readers by its heading. */
export function Section(props: { title: string; lead?: ReactNode; children: ReactNode }) {
  const { title, lead, children } = props;
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <Title order={2} id={id} className={styles.title}>
        {title}
      </Title>
      {lead !== undefined && <p className={styles.lead}>{lead}</p>}
      <div className={styles.body}>{children}</div>
    </section>
  );
}
