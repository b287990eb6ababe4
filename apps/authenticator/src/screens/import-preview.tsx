import { useState } from 'react';
import type { OtpAccount } from '@countersign/protocol/otp';
import { IssuerIcon } from '../codes/issuer-icon.tsx';
import { nameOf } from '../codes/store.ts';
import { isWanted, type Mark } from '../import/compare.ts';
import { addFound, replaceByFound } from '../import/save.ts';
import { change, useSession, type Found } from '../import/session.ts';
import { useComparison } from '../import/use-comparison.ts';
import { go } from '../routing.ts';
import { t } from '../texts/texts.ts';
import { ConfirmDialog, Notice, Screen, When } from './pieces.tsx';

/** What was found, before anything of it is saved: each account can be left out. */
export function ImportPreview({ found, codes }: { found: Found; codes: number }) {
  const { busy, problem, choices } = useSession();
  const comparison = useComparison(found);
  const failed = comparison && 'problem' in comparison ? comparison.problem : undefined;
  const { marks, gone } = comparison && 'marks' in comparison ? comparison : { marks: undefined, gone: 0 };
  const wanted = marks?.map((mark, i) => choices.get(i) ?? isWanted(mark)) ?? [];
  const number = wanted.filter(Boolean).length;
  const mayReplace = found.source === 'countersign' && codes > 0 && found.accounts.length > 0;
  return (
    <Screen title={t.import.previewTitle} back="/import">
      <p>
        <strong>{t.import.found(found.accounts.length)}</strong>
        {' · '}
        {t.import.sources[found.source]}
        {found.madeAt !== undefined && (
          <>
            , {t.import.madeAt} <When at={found.madeAt} />
          </>
        )}
      </p>
      {found.missing && (
        <Notice kind="warning">{t.import.pagesMissing(found.missing.have, found.missing.of)}</Notice>
      )}
      {marks && marks.length > 0 && !marks.some(isWanted) && (
        <Notice kind="info">{t.import.nothingNew}</Notice>
      )}
      {marks && (
        <ul className="list" aria-label={t.import.previewTitle}>
          {found.accounts.map((account, i) => (
            <Row key={i} index={i} account={account} mark={marks[i]!} wanted={wanted[i]!} />
          ))}
        </ul>
      )}
      <SkippedEntries found={found} />
      <div className="import-foot">
        {(problem ?? failed) && <Notice kind="error">{problem ?? failed}</Notice>}
        <div>
          <button type="button" className="secondary" onClick={() => go('/')}>
            {t.app.cancel}
          </button>
          <button
            type="button"
            className="primary"
            disabled={busy || number === 0}
            onClick={() => void addFound(wanted)}
          >
            {busy ? t.import.adding : t.import.add(number)}
          </button>
        </div>
      </div>
      {mayReplace && marks && <Replacing gone={gone} come={found.accounts.length} busy={busy} />}
    </Screen>
  );
}

function Row({
  index,
  account,
  mark,
  wanted,
}: {
  index: number;
  account: OtpAccount;
  mark: Mark;
  wanted: boolean;
}) {
  const { choices } = useSession();
  const { issuer, label } = account;
  const marked = `mark-${index}`;
  return (
    <li>
      <label className="card row import-row">
        <input
          type="checkbox"
          checked={wanted}
          aria-label={t.import.include(nameOf(account) || t.codes.unnamed)}
          aria-describedby={marked}
          onChange={(event) => change({ choices: new Map(choices).set(index, event.target.checked) })}
        />
        <IssuerIcon name={issuer || label} />
        <span className="row-text">
          <strong>{issuer || label || t.codes.unnamed}</strong>
          {issuer && label && <span>{label}</span>}
          <span id={marked} className={mark === 'new' ? 'state good' : 'state'}>
            {t.import.marks[mark]}
          </span>
        </span>
      </label>
    </li>
  );
}

/** What cannot be brought in is named, each with its reason. */
export function SkippedEntries({ found: { skipped } }: { found: Found }) {
  if (skipped.length === 0) return null;
  return (
    <Notice kind="warning">
      <p>{t.import.skipped(skipped.length)}</p>
      <ul>
        {skipped.map(({ name, reason }, i) => (
          <li key={i}>
            {name || t.codes.unnamed}: {t.import.skipReasons[reason]}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function Replacing({ gone, come, busy }: { gone: number; come: number; busy: boolean }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <button type="button" className="danger" disabled={busy} onClick={() => setAsking(true)}>
        {t.import.replace}
      </button>
      {asking && (
        <ConfirmDialog
          title={t.import.replaceTitle}
          confirm={t.import.replaceConfirm}
          onConfirm={replaceByFound}
          onClose={() => setAsking(false)}
        >
          <p>{t.import.replaceText(gone, come)}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
