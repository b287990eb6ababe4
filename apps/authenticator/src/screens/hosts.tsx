import { useState } from 'react';
import type { Account } from '../accounts/database.ts';
import { codeOfHost, type OfflineHost } from '../hosts/store.ts';
import { useHosts } from '../hosts/use-hosts.ts';
import { inWords } from '../server/failure.ts';
import { t } from '../texts/texts.ts';
import { TotpCode } from './code-row.tsx';
import { ClockNotice } from './home-notices.tsx';
import { matches, Notice, Screen, Search, searchFrom } from './pieces.tsx';

/** The codes with which a host lets its person in while it cannot reach the server. */
export function HostsScreen({ account }: { account: Account }) {
  const { hosts, problem } = useHosts(account);
  const [query, setQuery] = useState('');
  const searching = hosts !== undefined && hosts.length >= searchFrom && query.trim() !== '';
  const found = searching ? hosts.filter(({ name }) => matches(query, name)) : (hosts ?? []);
  return (
    <Screen title={t.hosts.title} back={`/accounts/${account.id}`}>
      <p>{t.hosts.intro}</p>
      {found.length > 0 && <ClockNotice />}
      {problem !== undefined && hosts?.length === 0 && <Notice kind="warning">{inWords(problem)}</Notice>}
      {problem === undefined && hosts?.length === 0 && <p className="quiet-text">{t.hosts.none}</p>}
      {hosts !== undefined && hosts.length >= searchFrom && (
        <Search label={t.hosts.search} value={query} onChange={setQuery} />
      )}
      <ul className="list">
        {found.map((host) => (
          <HostRow key={host.id} host={host} />
        ))}
      </ul>
      {searching && found.length === 0 && (
        <p role="status" className="quiet-text">
          {t.hosts.searchNone(query.trim())}
        </p>
      )}
    </Screen>
  );
}

function HostRow({ host }: { host: OfflineHost }) {
  return (
    <li className="card row code-row">
      <div className="code-row-text">
        <strong>{host.name}</strong>
        <TotpCode code={codeOfHost(host)} />
      </div>
    </li>
  );
}
