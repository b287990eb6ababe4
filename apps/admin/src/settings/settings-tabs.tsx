import { Link } from '@tanstack/react-router';
import styles from '../layout/tabs.module.css';

/** The pages of the room. */
export function SettingsTabs() {
  return (
    <nav aria-label="Settings">
      <ul className={styles.tabs}>
        <li>
          <Link to="/settings" className={styles.tab} activeOptions={{ exact: true }}>
            Organisation
          </Link>
        </li>
        <li>
          <Link to="/settings/tokens" className={styles.tab} activeOptions={{ includeSearch: false }}>
            API tokens
          </Link>
        </li>
        <li>
          <Link to="/settings/api" className={styles.tab} activeOptions={{ includeSearch: false }}>
            API
          </Link>
        </li>
      </ul>
    </nav>
  );
}
