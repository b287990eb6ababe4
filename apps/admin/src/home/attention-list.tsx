import type { Attention } from '@countersign/protocol/wire';
import {
  IconAlertTriangle,
  IconChevronRight,
  IconCircleCheck,
  IconShieldExclamation,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { attentionInWords } from './attention-words.ts';
import styles from './home.module.css';

export function AttentionList({ items }: { items: readonly Attention[] }) {
  if (items.length === 0)
    return (
      <p className={styles.calm}>
        <IconCircleCheck size={24} aria-hidden />
        Nothing needs your attention. All is well.
      </p>
    );
  return (
    <ul className={styles.list}>
      {items.map((item) => {
        const { title, why, tone, link } = attentionInWords(item);
        const Icon = tone === 'danger' ? IconShieldExclamation : IconAlertTriangle;
        return (
          <li key={item.kind} className={styles.item} data-tone={tone}>
            <Icon size={22} className={styles.icon} aria-hidden />
            <div className={styles.words}>
              <Link {...link} className={styles.link}>
                {title}
              </Link>
              <p className={styles.why}>{why}</p>
            </div>
            <IconChevronRight size={20} className={styles.chevron} aria-hidden />
          </li>
        );
      })}
    </ul>
  );
}
