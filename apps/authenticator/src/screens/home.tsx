import { useState } from 'react';
import type { Account } from '../accounts/database.ts';
import { nameOf, type Code } from '../codes/store.ts';
import { isPending, usePushRequests } from '../requests/use-requests.ts';
import { go } from '../routing.ts';
import { t } from '../texts/texts.ts';
import { Arrivals } from './arrival.tsx';
import { AccountRow } from './account-row.tsx';
import { CodeList } from './code-list.tsx';
import { BackupReminder, ClockNotice, NotificationHealth } from './home-notices.tsx';
import { Icon, matches, Notice, Screen, Search, searchFrom, Tabs } from './pieces.tsx';

/** The accounts, with what waits above them. `current` is the one whose details stand beside the list. */
export function HomeScreen({
  accounts,
  codes,
  current,
}: {
  accounts: readonly Account[];
  codes: readonly Code[];
  current?: string;
}) {
  const { requests, reached } = usePushRequests();
  const [query, setQuery] = useState('');
  const all = accounts.length + codes.length;
  const searching = all >= searchFrom && query.trim() !== '';
  const found = searching ? search(accounts, codes, query) : { accounts, codes };
  return (
    <Screen title={t.app.accounts} footer={<Tabs current="accounts" />}>
      {!reached && accounts.length > 0 && <Notice kind="warning">{t.home.offline}</Notice>}
      {requests.filter(isPending).map(({ request }) => (
        <a key={request.id} className="card request-card" href={`#/requests/${request.id}`}>
          <strong>{request.resource.name}</strong>
          <span>{t.home.waits(request.account.login)}</span>
        </a>
      ))}
      <Arrivals accounts={accounts} />
      {codes.length > 0 && <ClockNotice />}
      {accounts.length > 0 && <NotificationHealth accounts={accounts} />}
      <BackupReminder codes={codes} />
      {all >= searchFrom && <Search label={t.home.search} value={query} onChange={setQuery} />}
      {all === 0 && <Empty />}
      {found.accounts.length > 0 && (
        <ul className="list">
          {found.accounts.map((account) => (
            <AccountRow key={account.id} account={account} current={current === account.id} />
          ))}
        </ul>
      )}
      {found.codes.length > 0 && <CodeList codes={found.codes} mayOrder={!searching} current={current} />}
      {searching && found.accounts.length + found.codes.length === 0 && (
        <p role="status" className="quiet-text">
          {t.home.searchNone(query.trim())}
        </p>
      )}
      <button type="button" className={all === 0 ? 'primary' : 'secondary'} onClick={() => go('/add')}>
        <Icon name="add" />
        {t.home.add}
      </button>
      {all === 0 && (
        <a className="quiet button" href="#/import">
          {t.home.moveIn}
        </a>
      )}
    </Screen>
  );
}

function search(accounts: readonly Account[], codes: readonly Code[], query: string) {
  return {
    accounts: accounts.filter(({ organization, login, name }) =>
      matches(query, `${organization} ${login} ${name}`),
    ),
    codes: codes.filter((code) => matches(query, nameOf(code))),
  };
}

function Empty() {
  return (
    <div className="empty">
      <Icon name="shield" />
      <h2>{t.home.emptyTitle}</h2>
      <p>{t.home.empty}</p>
    </div>
  );
}
