import { useState } from 'react';
import type { Account } from '../accounts/database.ts';
import { serverNow } from '../server/client.ts';
import { t } from '../texts/texts.ts';
import { transferUri, type Outgoing } from '../transfer/begin.ts';
import { Notice } from './pieces.tsx';
import { QrCode } from './qr-code.tsx';
import { useSecondsLeft } from './seconds-left.tsx';

/** What the new phone scans, or has typed into it, and how long it is good for. */
export function MoveCode({ account, outgoing }: { account: Account; outgoing: Outgoing }) {
  const [typing, setTyping] = useState(false);
  const left = useSecondsLeft(outgoing.expiresAt, () => serverNow(account));
  const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
  return (
    <>
      {typing ? (
        <>
          <p>{outgoing.key === undefined ? t.move.enterTextOnly : t.move.enterText}</p>
          <div className="card facts">
            <dl>
              <dt>{t.move.server}</dt>
              <dd>{account.issuer}</dd>
            </dl>
            <p className="code-text">
              <span className="visually-hidden">{t.move.code}: </span>
              <span>{outgoing.code}</span>
            </p>
          </div>
        </>
      ) : (
        <>
          <p>{t.move.scan}</p>
          <div className="move-code">
            <QrCode text={transferUri(account.issuer, outgoing)} label={t.move.qr} />
          </div>
        </>
      )}
      {outgoing.unreadable > 0 && <Notice kind="warning">{t.move.unreadable(outgoing.unreadable)}</Notice>}
      <div className="move-code">
        <p role="status">{t.move.waiting}</p>
        <p role="timer" aria-label={t.move.left(time)} className="quiet-text">
          {t.move.left(time)}
        </p>
      </div>
      <button type="button" className="quiet" onClick={() => setTyping(!typing)}>
        {typing ? t.move.showQr : t.move.enterInstead}
      </button>
    </>
  );
}
