import { useState } from 'react';
import { hotp } from '@countersign/protocol/otp';
import { IssuerIcon } from '../codes/issuer-icon.tsx';
import { keyOf, nameOf, takeCounter, type Code, type Totp } from '../codes/store.ts';
import { refreshCodes, secondsLeft, useNow, useTotp } from '../codes/use-codes.ts';
import { copyCode } from '../codes/copy.ts';
import { inWords } from '../server/failure.ts';
import { t } from '../texts/texts.ts';
import { Icon } from './pieces.tsx';
import { Ring } from './seconds-left.tsx';

/** From so many seconds on the next code is shown as well: typing takes a while. */
const nextFrom = 10;

/** One code: a tap on it copies, a tap elsewhere opens the details. */
export function CodeRow({ code, current }: { code: Code; current: boolean }) {
  return (
    <li className="card row code-row" aria-current={current ? 'true' : undefined}>
      <IssuerIcon name={code.issuer || code.label} />
      <div className="code-row-text">
        <a className="row-link" href={`#/codes/${code.id}`}>
          <strong>{code.issuer || code.label || t.codes.unnamed}</strong>
          {code.issuer && code.label && <span>{code.label}</span>}
        </a>
        {code.type === 'totp' ? <TotpCode code={code} /> : <HotpCode code={code} />}
      </div>
    </li>
  );
}

/** In two groups, which are easier to read and to type. */
export const grouped = (code: string): string => {
  const half = Math.ceil(code.length / 2);
  return `${code.slice(0, half)} ${code.slice(half)}`;
};

export function TotpCode({ code }: { code: Totp }) {
  const now = useNow();
  const shown = useTotp(code, now);
  const left = secondsLeft(now, code.period);
  if (shown === null) return <span className="state bad">{t.codes.unreadable}</span>;
  return (
    <div className="code-line">
      <CopyButton code={shown?.code} name={nameOf(code)} hurry={left <= 5} />
      {left <= nextFrom && shown?.next && (
        <span className="next-code">{t.codes.next(grouped(shown.next))}</span>
      )}
      <Ring seconds={left} of={code.period} small />
    </div>
  );
}

export function HotpCode({ code }: { code: Code }) {
  const [shown, setShown] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const next = async () => {
    try {
      const key = await keyOf(code);
      const counter = await takeCounter(code.id);
      if (counter === undefined) return;
      setShown(await hotp(key, counter, code.digits));
      await refreshCodes();
    } catch (error) {
      setProblem(inWords(error));
    }
  };
  return (
    <div className="code-line">
      {shown !== undefined && <CopyButton code={shown} name={nameOf(code)} />}
      {problem && <span className="state bad">{problem}</span>}
      <button
        type="button"
        className="quiet code-next"
        aria-label={`${shown === undefined ? t.codes.counterAsk : t.codes.nextCode}: ${nameOf(code)}`}
        onClick={() => void next()}
      >
        <Icon name="refresh" />
        {shown === undefined ? t.codes.counterAsk : t.codes.nextCode}
      </button>
    </div>
  );
}

function CopyButton({
  code,
  name,
  hurry = false,
}: {
  code: string | undefined;
  name: string;
  hurry?: boolean;
}) {
  return (
    <button
      type="button"
      className={hurry ? 'code hurry' : 'code'}
      disabled={code === undefined}
      aria-label={code === undefined ? t.app.loading : t.codes.copy(grouped(code), name)}
      onClick={() => void copyCode(code!)}
    >
      {code === undefined ? '··· ···' : grouped(code)}
    </button>
  );
}
