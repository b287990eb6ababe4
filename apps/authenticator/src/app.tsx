import { useEffect, useRef, useState } from 'react';
import { keepPreference, readPreference } from './accounts/database.ts';
import { refreshAccounts, useAccounts } from './accounts/use-accounts.ts';
import { finishActivation } from './activation/activate.ts';
import { callPublicDiscovery } from './server/discovery.ts';
import { resync } from './notifications/subscription.ts';
import { isPending, usePushRequests, useWatching } from './requests/use-requests.ts';
import { go, usePlace } from './routing.ts';
import { AccountScreen } from './screens/account.tsx';
import { AddScreen } from './screens/add.tsx';
import { ActivateScreen } from './screens/activate.tsx';
import { HomeScreen } from './screens/home.tsx';
import { IntroductionScreen } from './screens/introduction.tsx';
import { MoreScreen, SettingsScreen } from './screens/more.tsx';
import { RequestScreen } from './screens/request.tsx';

/** Which screen is shown, and what runs whatever is shown. */
export function App() {
  const place = usePlace();
  const accounts = useAccounts();
  const [introduced, setIntroduced] = useState<boolean>();
  useEffect(() => {
    void refreshAccounts().then(bringUpToDate);
    void readPreference<boolean>('introduced').then((seen) => setIntroduced(seen === true));
  }, []);
  useWatching(accounts ?? []);
  useRequestsOpenThemselves(place.path[0]);

  if (accounts === undefined || introduced === undefined) return null;
  const [area, id] = place.path;
  const endIntroduction = () => {
    setIntroduced(true);
    void keepPreference('introduced', true);
    if (area === 'introduction') go('/');
  };
  if (area === 'introduction' || !introduced) return <IntroductionScreen onEnd={endIntroduction} />;
  if (area === 'requests' && id) return <RequestScreen key={id} id={id} />;
  if (area === 'activate') return <ActivateScreen code={place.query.get('code') ?? ''} />;
  if (area === 'add') return <AddScreen />;
  if (area === 'accounts' && id) return <AccountScreen id={id} />;
  if (area === 'more') return <MoreScreen />;
  if (area === 'settings') return <SettingsScreen />;
  return <HomeScreen accounts={accounts} />;
}

/** On every opening the server learns this phone's push address anew, and an activation that was cut off is finished. */
async function bringUpToDate(accounts: Awaited<ReturnType<typeof refreshAccounts>>): Promise<void> {
  const discovery = accounts.length > 0 ? await callPublicDiscovery() : undefined;
  for (const account of accounts.filter(({ revoked }) => !revoked)) {
    // A server that cannot be reached, or has dropped the account, shows on its row by itself.
    if (account.state === 'pending') await finishActivation(account).catch(() => {});
    if (discovery) await resync(account, discovery.vapid_public_key).catch(() => {});
  }
  await refreshAccounts();
}

/** A request that comes while the app is open opens by itself, unless something else is being done. */
function useRequestsOpenThemselves(area: string | undefined): void {
  const { requests } = usePushRequests();
  const opened = useRef(new Set<string>());
  const busy = area === 'requests' || area === 'activate' || area === 'add';
  useEffect(() => {
    const next = requests.find(
      (known) =>
        isPending(known) && known.request.purpose !== 'activation' && !opened.current.has(known.request.id),
    );
    if (!next || busy) return;
    opened.current.add(next.request.id);
    go(`/requests/${next.request.id}`);
  }, [requests, busy]);
}
