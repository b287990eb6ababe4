import { Anchor } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import styles from './above-link.module.css';

/** The way back to the list that a page belongs to. */
export function AboveLink({ to, children }: { to: LinkProps['to']; children: ReactNode }) {
  return (
    <Anchor renderRoot={(props) => <Link to={to} {...props} />} className={styles.link}>
      <IconArrowLeft size={18} aria-hidden />
      {children}
    </Anchor>
  );
}
