import { Button } from '@mantine/core';
import { DangerButton } from '../layout/danger-button.tsx';
import styles from './act-row.module.css';

/** One act: what it is, what it does, and its button. */
export function ActRow(props: {
  title: string;
  text: string;
  label: string;
  destructive?: boolean;
  busy?: boolean;
  onAct: () => void;
}) {
  const { title, text, label, destructive = false, busy = false, onAct } = props;
  return (
    <div className={styles.row}>
      <div className={styles.words}>
        <strong>{title}</strong>
        <p className={styles.text}>{text}</p>
      </div>
      {destructive ? (
        <DangerButton asks onClick={onAct}>
          {label}
        </DangerButton>
      ) : (
        <Button variant="default" loading={busy} onClick={onAct}>
          {label}
        </Button>
      )}
    </div>
  );
}
