import type { ReactNode } from 'react';
import styles from './tag.module.css';

/** One word of state. Its words say it; the colour only helps to find it. */
export function Tag(props: {
  tone: 'success' | 'accent' | 'warning' | 'danger' | 'quiet';
  icon?: ReactNode;
  children: ReactNode;
}) {
  const { tone, icon, children } = props;
  return (
    <span className={styles.tag} data-tone={tone}>
      {icon}
      {children}
    </span>
  );
}
