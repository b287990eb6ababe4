import type { Host } from '@countersign/protocol/wire';
import { serverNow } from '@countersign/ui/api';
import { IconPlugConnectedX } from '@tabler/icons-react';
import badges from '../people/state-badge.module.css';
import { Tag } from '../layout/tag.tsx';
import { hostStateNames, isSilent } from './words.ts';

const tones = { active: 'success', revoked: 'danger' } as const;

export function HostStateBadge({ host }: { host: Host }) {
  return (
    <span className={badges.states}>
      <Tag tone={tones[host.state]}>{hostStateNames[host.state]}</Tag>
      {isSilent(host, serverNow()) && (
        <Tag tone="warning" icon={<IconPlugConnectedX size={14} aria-hidden />}>
          Silent
        </Tag>
      )}
    </span>
  );
}
