import { Link } from '@tanstack/react-router';
import styles from '../layout/tabs.module.css';

/** The lists of the room. */
export function PeopleTabs() {
  return (
    <nav aria-label="People">
      <ul className={styles.tabs}>
        <li>
          <Link to="/people" className={styles.tab} activeOptions={{ exact: true, includeSearch: false }}>
            Everybody
          </Link>
        </li>
        <li>
          <Link to="/people/enrolment" className={styles.tab} activeOptions={{ includeSearch: false }}>
            Enrolment
          </Link>
        </li>
        <li>
          <Link to="/people/phones" className={styles.tab} activeOptions={{ includeSearch: false }}>
            Unreachable phones
          </Link>
        </li>
      </ul>
    </nav>
  );
}
