import type { User } from '@countersign/protocol/wire';
import { IconLock } from '@tabler/icons-react';
import { Tag } from '../layout/tag.tsx';
import styles from './state-badge.module.css';
import { stateNames } from './words.ts';

const tones = { active: 'success', invited: 'accent', suspended: 'danger' } as const;

export function StateBadge({ user }: { user: Pick<User, 'state' | 'locked' | 'delete_at'> }) {
  return (
    <span className={styles.states}>
      <Tag tone={tones[user.state]}>{user.delete_at === null ? stateNames[user.state] : 'Deleted'}</Tag>
      {user.locked && (
        <Tag tone="warning" icon={<IconLock size={14} aria-hidden />}>
          Locked
        </Tag>
      )}
    </span>
  );
}
