import {
  IconAdjustments,
  IconApps,
  IconExternalLink,
  IconHistory,
  IconHome,
  IconListCheck,
  IconMailbox,
  IconReportAnalytics,
  IconServer2,
  IconShieldExclamation,
  IconUsers,
  IconUsersGroup,
  IconWebhook,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { may } from '../session/permissions.ts';
import { useSession } from '../session/session.ts';
import styles from './navigation.module.css';

const rooms = [
  { to: '/', label: 'Home', Icon: IconHome },
  { to: '/people', label: 'People', Icon: IconUsers },
  { to: '/groups', label: 'Groups', Icon: IconUsersGroup },
  { to: '/applications', label: 'Applications', Icon: IconApps },
  { to: '/devices', label: 'Devices', Icon: IconServer2 },
  { to: '/policies', label: 'Policies', Icon: IconListCheck },
  { to: '/settings', label: 'Settings', Icon: IconAdjustments },
  { to: '/events', label: 'Events', Icon: IconHistory },
  { to: '/webhooks', label: 'Webhooks', Icon: IconWebhook, needs: 'write_settings' },
  { to: '/fraud-reports', label: 'Fraud reports', Icon: IconShieldExclamation },
  { to: '/reports', label: 'App reports', Icon: IconReportAnalytics },
  { to: '/outbox', label: 'Outbox', Icon: IconMailbox, needs: 'read_outbox' },
] as const;

/** The rooms that this person may enter. */
export function Navigation({ onGo }: { onGo?: () => void }) {
  const { user } = useSession();
  const allowed = rooms.filter((room) => !('needs' in room) || may(user, room.needs));
  return (
    <nav aria-label="Rooms">
      <ul className={styles.list}>
        {allowed.map(({ to, label, Icon }) => (
          <li key={to}>
            <Link
              to={to}
              className={styles.link}
              activeOptions={{ includeSearch: false, exact: to === '/' }}
              onClick={onGo}
            >
              <Icon size={20} stroke={1.75} aria-hidden />
              {label}
            </Link>
          </li>
        ))}
        <li className={styles.apart}>
          <a href="/" className={styles.link}>
            <IconExternalLink size={20} stroke={1.75} aria-hidden />
            User Portal
          </a>
        </li>
      </ul>
    </nav>
  );
}
