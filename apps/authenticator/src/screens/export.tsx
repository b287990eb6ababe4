import { useState } from 'react';
import type { OtpAccount } from '@countersign/protocol/otp';
import { handOver } from '../backup/hand-over.ts';
import { makeList, revealAll } from '../backup/make.ts';
import { nameOf, type Code } from '../codes/store.ts';
import { loadMigration } from '../import/read.ts';
import { inWords, SaidError } from '../server/failure.ts';
import { t } from '../texts/texts.ts';
import { Unreadable } from './backup.tsx';
import { ConfirmDialog, Notice, Screen } from './pieces.tsx';
import { QrCode } from './qr-code.tsx';

interface Pages {
  pages: string[];
  left: OtpAccount[];
}

/** The codes for another app, without encryption, after a warning: as a list in a file, or as QR codes. */
export function ExportScreen({ codes }: { codes: readonly Code[] }) {
  const [asking, setAsking] = useState<'list' | 'qr'>();
  const [message, setMessage] = useState<{ kind: 'success' | 'warning'; text: string }>();
  const [shown, setShown] = useState<Pages>();

  const saveList = async () => {
    const list = await makeList();
    const handed = await handOver(list.file);
    const kept = handed === 'shared' || handed === 'downloaded';
    setMessage(
      kept
        ? { kind: 'success', text: t.backup.plainSaved(list.codes) }
        : { kind: 'warning', text: t.backup.plainCancelled },
    );
  };
  const showPages = async () => {
    const { writeGoogleMigration } = await loadMigration();
    const { accounts } = await revealAll();
    const [batch] = crypto.getRandomValues(new Int32Array(1));
    setShown(writeGoogleMigration(accounts, batch!));
  };
  const act = async () => {
    setMessage(undefined);
    try {
      await (asking === 'list' ? saveList() : showPages());
      setAsking(undefined);
    } catch (error) {
      throw new SaidError(inWords(error), { cause: error });
    }
  };

  return (
    <Screen title={t.backup.plain} back="/settings/backup">
      <p>{t.backup.plainText}</p>
      <Unreadable codes={codes} />
      {message && <Notice kind={message.kind}>{message.text}</Notice>}
      {shown ? (
        <PageByPage shown={shown} onEnd={() => setShown(undefined)} />
      ) : (
        <div className="actions">
          <button type="button" className="secondary" onClick={() => setAsking('list')}>
            {t.backup.plainList}
          </button>
          <button type="button" className="secondary" onClick={() => setAsking('qr')}>
            {t.backup.plainQr}
          </button>
        </div>
      )}
      {asking && (
        <ConfirmDialog
          title={asking === 'list' ? t.backup.plainConfirm : t.backup.plainQrConfirm}
          confirm={asking === 'list' ? t.app.save : t.backup.plainShow}
          onConfirm={act}
          onClose={() => setAsking(undefined)}
        >
          <p>{asking === 'list' ? t.backup.plainWarning : t.backup.plainQrWarning}</p>
        </ConfirmDialog>
      )}
    </Screen>
  );
}

function PageByPage({ shown: { pages, left }, onEnd }: { shown: Pages; onEnd: () => void }) {
  const [index, setIndex] = useState(0);
  return (
    <>
      {left.length > 0 && (
        <Notice kind="warning">
          <p>{t.backup.qrLeft(left.length)}</p>
          <ul>
            {left.map((account, i) => (
              <li key={i}>{nameOf(account) || t.codes.unnamed}</li>
            ))}
          </ul>
        </Notice>
      )}
      {pages.length > 0 && (
        <>
          <Notice kind="warning">{t.backup.plainQrWarning}</Notice>
          <div className="card qr-card export-page">
            <p role="status">{t.backup.qrPage(index + 1, pages.length)}</p>
            <QrCode text={pages[index]!} label={t.backup.qrPage(index + 1, pages.length)} />
            {pages.length > 1 && (
              <div className="notice-actions">
                <button
                  type="button"
                  className="secondary"
                  disabled={index === 0}
                  onClick={() => setIndex(index - 1)}
                >
                  {t.backup.qrPrevious}
                </button>
                <button
                  type="button"
                  className="secondary"
                  disabled={index === pages.length - 1}
                  onClick={() => setIndex(index + 1)}
                >
                  {t.app.next}
                </button>
              </div>
            )}
          </div>
        </>
      )}
      <div className="actions">
        <button type="button" className="primary" onClick={onEnd}>
          {t.app.done}
        </button>
      </div>
    </>
  );
}
