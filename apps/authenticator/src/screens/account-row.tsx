import type { Account } from '../accounts/database.ts';
import { waitsForOldPhone } from '../activation/activate.ts';
import { notificationState } from '../notifications/subscription.ts';
import { t } from '../texts/texts.ts';
import { Icon } from './pieces.tsx';

/** One account with push: whose it is, and how it is. */
export function AccountRow({ account, current }: { account: Account; current: boolean }) {
  return (
    <li>
      <a className="card row" href={`#/accounts/${account.id}`} aria-current={current ? 'true' : undefined}>
        <span className="row-icon" aria-hidden="true">
          {account.organization.slice(0, 1).toUpperCase()}
        </span>
        <span className="row-text">
          <strong>{account.organization}</strong>
          <span>{account.login}</span>
          <Health account={account} />
        </span>
        <Icon name="chevron" />
      </a>
    </li>
  );
}

function Health({ account }: { account: Account }) {
  if (account.revoked) return <span className="state bad">{t.home.removed}</span>;
  if (waitsForOldPhone(account)) return <span className="state">{t.home.moving}</span>;
  if (account.state === 'pending') return <span className="state">{t.home.pending}</span>;
  if (account.userVerification === 'required' && !account.hasVerificationKey) {
    return <span className="state bad">{t.verification.requiredMissingShort}</span>;
  }
  if (notificationState() !== 'granted' || account.push !== 'ok') {
    return <span className="state">{t.home.pushOpen}</span>;
  }
  return <span className="state good">{t.home.pushOn}</span>;
}
