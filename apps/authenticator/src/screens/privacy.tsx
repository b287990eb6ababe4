import { useEffect, useId, useState } from 'react';
import { inWords } from '../server/failure.ts';
import {
  chooseSwitch,
  clearSent,
  readKept,
  readSwitch,
  type Kind,
  type Sent,
} from '../telemetry/telemetry.ts';
import { t } from '../texts/texts.ts';
import { Notice, Screen, When } from './pieces.tsx';

/** The two switches, and every entry that was sent, to be read. */
export function PrivacyScreen() {
  const [sent, setSent] = useState<Sent[]>();
  const [problem, setProblem] = useState<string>();
  const said = (error: unknown) => setProblem(inWords(error));
  useEffect(() => void readKept().then((kept) => setSent(kept.sent), said), []);
  return (
    <Screen title={t.privacy.title} back="/settings">
      {problem && <Notice kind="error">{problem}</Notice>}
      <Switch
        kind="diagnostic"
        title={t.privacy.diagnostics}
        text={t.privacy.diagnosticsText}
        onProblem={said}
      />
      <Switch kind="usage" title={t.privacy.usage} text={t.privacy.usageText} onProblem={said} />
      <p className="quiet-text">
        {t.privacy.never} {t.privacy.byDefault}
      </p>
      <section className="card">
        <h2>{t.privacy.sentTitle}</h2>
        {sent?.length === 0 && <p className="quiet-text">{t.privacy.sentNone}</p>}
        {sent?.map(({ at, kind, entries }) => (
          <details key={`${at}-${kind}`}>
            <summary>
              {t.privacy.kinds[kind]} · <When at={at} />
            </summary>
            <pre>{JSON.stringify({ kind, entries }, null, 2)}</pre>
          </details>
        ))}
      </section>
      {sent && sent.length > 0 && (
        <button
          type="button"
          className="secondary"
          onClick={() => void clearSent().then(() => setSent([]), said)}
        >
          {t.privacy.clear}
        </button>
      )}
    </Screen>
  );
}

function Switch({
  kind,
  title,
  text,
  onProblem,
}: {
  kind: Kind;
  title: string;
  text: string;
  onProblem: (error: unknown) => void;
}) {
  const [on, setOn] = useState<boolean>();
  const id = useId();
  useEffect(() => void readSwitch(kind).then((known) => setOn(known ?? false), onProblem), [kind]);
  const choose = (next: boolean) => {
    setOn(next);
    chooseSwitch(kind, next).catch(onProblem);
  };
  return (
    <div className="card switch">
      <label className="row-text" htmlFor={id}>
        <strong>{title}</strong>
      </label>
      <input
        id={id}
        type="checkbox"
        role="switch"
        aria-checked={on ?? false}
        aria-describedby={`${id}-text`}
        checked={on ?? false}
        disabled={on === undefined}
        onChange={(event) => choose(event.target.checked)}
      />
      <p id={`${id}-text`} className="quiet-text">
        {text}
      </p>
    </div>
  );
}
