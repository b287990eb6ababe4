import type { Account } from '../accounts/database.ts';
import { waitsForOldPhone } from '../activation/activate.ts';
import { forgetDropped, useDropped, type Dropped } from '../activation/dropped.ts';
import { forgetArrival } from '../transfer/arrive.ts';
import { t } from '../texts/texts.ts';
import { goInstead } from '../routing.ts';
import { Notice, Screen } from './pieces.tsx';

/** The new phone of a move: what it waits for, and what came of it, on its own screen and above the list. */

export function OldPhoneScreen({ account }: { account: Account }) {
  return (
    <Screen title={t.activate.oldPhone} back="/" top>
      <OldPhone account={account} />
    </Screen>
  );
}

export function OldPhone({ account }: { account: Account }) {
  return (
    <div className="card prose" role="status">
      <p>{t.activate.oldPhoneText(account.device.name)}</p>
      <p className="quiet-text">{t.activate.oldPhoneClose}</p>
    </div>
  );
}

/** The server has ended what was begun here. */
export function DroppedScreen({ id }: { id: string }) {
  const dropped = useDropped().find((each) => each.id === id);
  return (
    <Screen title={t.add.title} back="/" top>
      <Notice kind="error">{wordsOf(dropped)}</Notice>
      <button
        type="button"
        className="primary"
        onClick={() => {
          forgetDropped(id);
          goInstead('/add');
        }}
      >
        {t.activate.anotherCode}
      </button>
    </Screen>
  );
}

const wordsOf = (dropped: Dropped | undefined): string =>
  dropped?.fromOldPhone ? t.activate.notTakenOver : t.activate.dropped;

/** What is to be done now is said with it. */
export function CodesFailed() {
  return (
    <Notice kind="error">
      <p>{t.activate.codesFailed}</p>
      <p>
        <a href="#/import">{t.backup.restore}</a>
      </p>
    </Notice>
  );
}

/** Above the list, until the person has read it: what arrived, and what did not, while no screen was there to say so. */
export function Arrivals({ accounts }: { accounts: readonly Account[] }) {
  const dropped = useDropped();
  return (
    <>
      {accounts.filter(waitsForOldPhone).map((account) => (
        <Notice kind="info" key={account.id}>
          <strong>{t.activate.oldPhone}.</strong> {t.activate.oldPhoneText(account.device.name)}
        </Notice>
      ))}
      {accounts.map(({ id, organization, codesCame }) =>
        codesCame === undefined ? null : (
          <Notice kind={codesCame === 'failed' ? 'error' : 'success'} key={id}>
            <p>
              {organization}:{' '}
              {codesCame === 'failed' ? t.activate.codesFailed : t.activate.codesCame(codesCame)}
            </p>
            <div className="notice-actions">
              <button type="button" className="secondary" onClick={() => void forgetArrival(id)}>
                {t.app.understood}
              </button>
            </div>
          </Notice>
        ),
      )}
      {dropped.map((each) => (
        <Notice kind="error" key={each.id}>
          <p>
            {each.organization}: {wordsOf(each)}
          </p>
          <div className="notice-actions">
            <button type="button" className="secondary" onClick={() => forgetDropped(each.id)}>
              {t.app.understood}
            </button>
          </div>
        </Notice>
      ))}
    </>
  );
}
