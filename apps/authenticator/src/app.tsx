import { Suspense, useEffect, useState, type ReactNode } from 'react';
import { useAccounts, type Accounts } from './accounts/use-accounts.ts';
import { bringUpToDate } from './accounts/bring-up-to-date.ts';
import { useCodes } from './codes/use-codes.ts';
import { useToast } from './codes/copy.ts';
import type { Code } from './codes/store.ts';
import { useWide } from './display/wide.ts';
import { useBringingHosts } from './hosts/bring.ts';
import { useLock } from './lock/use-lock.ts';
import { useOpening } from './requests/use-opening.ts';
import { useWatching } from './requests/use-requests.ts';
import { go, usePlace, type Place } from './routing.ts';
import { AccountScreen } from './screens/account.tsx';
import { ActivateScreen } from './screens/activate.tsx';
import { AddCodeScreen } from './screens/add-code.tsx';
import { AddScreen } from './screens/add.tsx';
import { CodeScreen } from './screens/code.tsx';
import { FailureBoundary } from './screens/failed.tsx';
import { HelpScreen } from './screens/help.tsx';
import { HomeScreen } from './screens/home.tsx';
import { IntroductionScreen } from './screens/introduction.tsx';
import { LockScreen } from './screens/lock.tsx';
import { MoreScreen } from './screens/more.tsx';
import { Pane } from './screens/pieces.tsx';
import { RequestScreen } from './screens/request.tsx';
import {
  AboutScreen,
  AddVerificationScreen,
  BackupScreen,
  ExportScreen,
  HostsScreen,
  ImportScreen,
  MoveScreen,
  PrivacyScreen,
  SecurityScreen,
  VerificationScreen,
} from './screens/seldom.ts';
import { SettingsScreen } from './screens/settings.tsx';
import { StorageProblem } from './screens/storage-problem.tsx';
import { useArriving } from './transfer/arrive.ts';
import { markHolds, wasEvicted } from './storage/eviction.ts';
import { keepPreference } from './storage/preferences.ts';
import type { OnDevice } from './storage/read-device.ts';
import { presentLanguage, t } from './texts/texts.ts';

/** Which screen is shown, and what runs whatever is shown. */
export function App({ reading }: { reading: Promise<OnDevice> }) {
  const { state, introduced, endIntroduction, understood } = useStart(reading);
  const accounts = useAccounts();
  const codes = useCodes();
  const place = usePlace();
  const lock = useLock();
  const [language, setLanguage] = useState(presentLanguage());
  useWatching(accounts ?? []);
  useArriving(accounts ?? [], lock !== null);
  useBringingHosts(accounts ?? [], lock !== null);
  useOpening(place.path[0]);

  if (state === 'blocked' || state === 'evicted')
    return <StorageProblem kind={state} onUnderstood={understood} />;
  if (state === 'reading' || !accounts || !codes || lock === undefined) return null;
  if (place.path[0] === 'introduction' || !introduced) return <IntroductionScreen onEnd={endIntroduction} />;
  if (lock) return <LockScreen lock={lock} codes={codes.length} />;
  return (
    <>
      <Panes
        key={language}
        place={place}
        accounts={accounts}
        codes={codes}
        onLanguage={() => setLanguage(presentLanguage())}
      />
      <Toast />
    </>
  );
}

interface Shown {
  place: Place;
  accounts: Accounts;
  codes: readonly Code[];
  onLanguage: () => void;
}

/** One screen on a phone; the list and its details side by side where there is room. */
function Panes(shown: Shown) {
  const wide = useWide();
  const chosen = detailsOf(shown);
  const details = chosen && (
    // Another address, another try.
    <FailureBoundary key={shown.place.path.join('/')}>
      <Suspense fallback={null}>{chosen}</Suspense>
    </FailureBoundary>
  );
  // The same tree at every width, so that turning the device loses nothing that was begun.
  return (
    <div className={wide ? 'panes' : 'one-pane'}>
      {(wide || !details) && (
        <Pane key="list" value={wide && details ? 'list' : 'alone'}>
          <div className="pane">{listOf(shown)}</div>
        </Pane>
      )}
      {(wide || details) && (
        <Pane key="details" value={wide ? 'details' : 'alone'}>
          <div className="pane">
            {details ?? (
              <div className="nothing-chosen">
                <p>{isMore(shown.place) ? t.app.chooseMore : t.app.choose}</p>
              </div>
            )}
          </div>
        </Pane>
      )}
    </div>
  );
}

const isMore = ({ path: [area] }: Place): boolean => ['more', 'settings', 'help'].includes(area ?? '');

function listOf({ place, accounts, codes }: Shown): ReactNode {
  const [area, id] = place.path;
  return isMore(place) ? (
    <MoreScreen current={area} />
  ) : (
    <HomeScreen accounts={accounts} codes={codes} current={id} />
  );
}

/** The table of addresses. Undefined: the list itself. */
function detailsOf({ place, accounts, codes, onLanguage }: Shown): ReactNode {
  const [area, id, part] = place.path;
  const query = (name: string) => place.query.get(name) ?? '';
  switch (area) {
    case 'requests':
      return id && <RequestScreen key={id} id={id} />;
    case 'activate':
      return (
        <ActivateScreen key={query('code')} code={query('code')} withCodes={query('with') === 'codes'} />
      );
    case 'verification-key':
      return <AddVerificationScreen key={query('code')} code={query('code')} accounts={accounts} />;
    case 'add':
      return id === 'code' ? <AddCodeScreen /> : <AddScreen />;
    case 'accounts': {
      const account = accounts.find((each) => each.id === id);
      if (account && part === 'move') return <MoveScreen key={id} account={account} codes={codes} />;
      if (account && part === 'hosts') return <HostsScreen key={id} account={account} />;
      if (account && part === 'verification') return <VerificationScreen key={id} account={account} />;
      return <AccountScreen key={id} account={account} />;
    }
    case 'codes':
      return <CodeScreen key={id} code={codes.find((code) => code.id === id)} />;
    case 'import':
      return <ImportScreen step={id} codes={codes.length} />;
    case 'settings':
      if (id === 'security') return <SecurityScreen codes={codes.length} />;
      if (id === 'backup')
        return part === 'export' ? <ExportScreen codes={codes} /> : <BackupScreen codes={codes} />;
      if (id === 'privacy') return <PrivacyScreen />;
      if (id === 'about') return <AboutScreen page={part} />;
      return <SettingsScreen onLanguage={onLanguage} />;
    case 'help':
      return <HelpScreen key={id} article={id} />;
    default:
      return undefined;
  }
}

function Toast() {
  const toast = useToast();
  return (
    <div className="toast-place" role="status">
      {toast && (
        <p className="toast" key={toast.id}>
          {toast.text}
        </p>
      )}
    </div>
  );
}

/** Reads what is on this device; says where it cannot be read, or has been deleted under the app. */
function useStart(reading: Promise<OnDevice>) {
  const [state, setState] = useState<'reading' | 'ready' | 'blocked' | 'evicted'>('reading');
  const [introduced, setIntroduced] = useState(false);
  useEffect(() => {
    const read = async () => {
      const { accounts, codes, introduced: seen } = await reading;
      setIntroduced(seen);
      setState(wasEvicted(accounts.length, codes.length) ? 'evicted' : 'ready');
      await bringUpToDate(accounts);
    };
    read().catch(() => setState((present) => (present === 'reading' ? 'blocked' : present)));
  }, []);
  const accounts = useAccounts()?.length ?? 0;
  const codes = useCodes()?.length ?? 0;
  useEffect(() => {
    if (state === 'ready') markHolds(accounts, codes);
  }, [state, accounts, codes]);
  return {
    state,
    introduced,
    understood: () => setState('ready'),
    endIntroduction: () => {
      setIntroduced(true);
      // Where it cannot be kept, it is shown once more: no harm.
      keepPreference('introduced', true).catch(() => {});
      if (location.hash.startsWith('#/introduction')) go('/');
    },
  };
}
