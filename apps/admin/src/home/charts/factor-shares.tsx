import type { DayOfSignIns } from '@countersign/protocol/wire';
import type { CSSProperties } from 'react';
import styles from './charts.module.css';

const names = {
  push: 'Mobile push',
  totp: 'Verification code',
  passkey: 'Passkey',
  recovery_code: 'Recovery code',
} as const satisfies Record<keyof DayOfSignIns['factors'], string>;

/** With which factor people confirmed: each with its number in words, and a bar beside it for the eye. */
export function FactorShares({ days }: { days: readonly DayOfSignIns[] }) {
  const counts = (Object.keys(names) as (keyof typeof names)[]).map((kind) => ({
    kind,
    count: days.reduce((sum, { factors }) => sum + factors[kind], 0),
  }));
  const all = counts.reduce((sum, { count }) => sum + count, 0);
  if (all === 0)
    return <p className={styles.empty}>Nobody has confirmed with a second factor in these days.</p>;
  return (
    <ul className={styles.shares}>
      {counts.map(({ kind, count }) => (
        <li key={kind} className={styles.share}>
          <div className={styles.shareWords}>
            <span>{names[kind]}</span>
            <span>
              <strong>{count.toLocaleString('en')}</strong> ({Math.round((count / all) * 100)} %)
            </span>
          </div>
          <div className={styles.track} aria-hidden>
            <div className={styles.fill} style={{ '--share': count / all } as CSSProperties} />
          </div>
        </li>
      ))}
    </ul>
  );
}
