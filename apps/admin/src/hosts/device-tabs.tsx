import { Link } from '@tanstack/react-router';
import styles from '../layout/tabs.module.css';

/** The two lists of the room. */
export function DeviceTabs() {
  return (
    <nav aria-label="Devices">
      <ul className={styles.tabs}>
        <li>
          <Link to="/devices" className={styles.tab} activeOptions={{ exact: true, includeSearch: false }}>
            Hosts
          </Link>
        </li>
        <li>
          <Link to="/devices/groups" className={styles.tab} activeOptions={{ includeSearch: false }}>
            Host groups
          </Link>
        </li>
      </ul>
    </nav>
  );
}
