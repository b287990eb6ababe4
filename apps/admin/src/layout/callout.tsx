import { CloseButton } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from './callout.module.css';

const icons = {
  info: IconInfoCircle,
  success: IconCircleCheck,
  warning: IconAlertTriangle,
  danger: IconAlertTriangle,
};

/** A message in the flow of the page, in the product's own colours, with an icon so that colour is not the only sign. */
export function Callout(props: {
  tone: keyof typeof icons;
  title?: string;
  /** `alert` is read out at once; for what was there when the page came, leave it out. */
  role?: 'alert';
  onClose?: () => void;
  children: ReactNode;
}) {
  const { tone, title, role, onClose, children } = props;
  const Icon = icons[tone];
  return (
    <div className={styles.callout} data-tone={tone} role={role}>
      <Icon size={20} className={styles.icon} aria-hidden />
      <div className={styles.words}>
        {title !== undefined && <strong className={styles.title}>{title}</strong>}
        <div>{children}</div>
      </div>
      {onClose && <CloseButton aria-label="Close" onClick={onClose} />}
    </div>
  );
}
