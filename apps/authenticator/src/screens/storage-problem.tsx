import { forgetEviction } from '../storage/eviction.ts';
import { t } from '../texts/texts.ts';
import { Icon } from './pieces.tsx';

/** The storage is forbidden, or its content was deleted by the device: said plainly, never an empty list. */
export function StorageProblem({
  kind,
  onUnderstood,
}: {
  kind: 'blocked' | 'evicted';
  onUnderstood: () => void;
}) {
  return (
    <main className="introduction">
      <div className="introduction-picture" aria-hidden="true">
        <Icon name="warning" />
      </div>
      <h1>{t.storage.title}</h1>
      <p role="alert">{kind === 'blocked' ? t.storage.blocked : t.storage.evicted}</p>
      <div className="actions">
        {kind === 'blocked' ? (
          <button type="button" className="primary" onClick={() => location.reload()}>
            {t.app.tryAgain}
          </button>
        ) : (
          <>
            <button
              type="button"
              className="primary"
              onClick={() => {
                forgetEviction();
                onUnderstood();
              }}
            >
              {t.storage.understood}
            </button>
            <a className="quiet button" href="#/help/lost">
              {t.storage.evictedHelp}
            </a>
          </>
        )}
      </div>
    </main>
  );
}
