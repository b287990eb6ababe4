import type { Outcome } from '../import/session.ts';
import { go } from '../routing.ts';
import { t } from '../texts/texts.ts';
import { SkippedEntries } from './import-preview.tsx';
import { BigCheck, Notice, Screen } from './pieces.tsx';

/** What an import did. */
export function ImportDone({ outcome: { kind, added, leftOut, found } }: { outcome: Outcome }) {
  return (
    <Screen title={t.import.title} back="/" top>
      <div className="done" role="status">
        <BigCheck />
        <h2>{kind === 'added' ? t.import.done(added) : t.import.replaced(added)}</h2>
        {leftOut > 0 && <p>{t.import.leftOut(leftOut)}</p>}
      </div>
      {found.inPlainFile && <Notice kind="warning">{t.import.deleteFile}</Notice>}
      <SkippedEntries found={found} />
      <div className="actions">
        <button type="button" className="primary" onClick={() => go('/')}>
          {t.app.done}
        </button>
      </div>
    </Screen>
  );
}
