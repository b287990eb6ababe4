import { textOf } from '@countersign/ui/form-text';
import { useState, type FormEvent } from 'react';
import { normalizeCode } from '@countersign/protocol';
import { decodeBase32, type OtpAccount, type OtpAlgorithm } from '@countersign/protocol/otp';
import { offer } from '../codes/offered.ts';
import { go } from '../routing.ts';
import { t } from '../texts/texts.ts';
import { Notice } from './pieces.tsx';

/** "Enter code instead": an activation code of the organisation, or the key of another service with its options. */
export function TypedCode() {
  const [what, setWhat] = useState<'activation' | 'key'>('activation');
  return (
    <>
      <fieldset className="card choices">
        <legend>{t.add.typedWhat}</legend>
        {(['activation', 'key'] as const).map((each) => (
          <label key={each}>
            <input type="radio" name="what" checked={what === each} onChange={() => setWhat(each)} />
            {each === 'activation' ? t.add.typedActivation : t.add.typedKey}
          </label>
        ))}
      </fieldset>
      {what === 'activation' ? <ActivationCode /> : <Key />}
    </>
  );
}

function ActivationCode() {
  const [problem, setProblem] = useState<string>();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const server = URL.parse(withScheme(textOf(form, 'server').trim()));
    const code = textOf(form, 'code');
    if (!server) return setProblem(t.add.noServer);
    if (server.origin !== location.origin) return setProblem(t.add.appBelongs(location.host, server.host));
    if (!normalizeCode(code)) return setProblem(t.add.codeForm);
    go(`/activate?code=${code}`);
  };
  return (
    <form onSubmit={submit} className="form">
      <label>
        {t.add.server}
        <input
          name="server"
          defaultValue={location.origin}
          inputMode="url"
          autoCapitalize="none"
          autoCorrect="off"
        />
      </label>
      <label>
        {t.add.code}
        <input
          name="code"
          className="code-input"
          placeholder="XXXXX-XXXXX-XXXXX-XXXXX"
          autoCapitalize="characters"
          autoComplete="off"
          autoCorrect="off"
          spellCheck={false}
          autoFocus
        />
      </label>
      {problem && <Notice kind="error">{problem}</Notice>}
      <button type="submit" className="primary">
        {t.add.continue}
      </button>
    </form>
  );
}

const withScheme = (typed: string): string =>
  /^https?:/i.test(typed) ? typed : `${location.protocol}//${typed}`;

function Key() {
  const [problem, setProblem] = useState<string>();
  const [byCounter, setByCounter] = useState(false);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const account = readForm(new FormData(event.currentTarget), byCounter);
    if (typeof account === 'string') return setProblem(account);
    offer({ kind: 'account', account });
    go('/add/code');
  };
  return (
    <form onSubmit={submit} className="form">
      <label>
        {t.codes.issuer}
        <input name="issuer" maxLength={200} autoComplete="off" autoFocus />
      </label>
      <label>
        {t.codes.label}
        <input name="label" maxLength={200} autoComplete="off" autoCapitalize="none" />
      </label>
      <label>
        {t.add.key}
        <input
          name="key"
          className="code-input"
          aria-describedby="key-hint"
          autoCapitalize="characters"
          autoComplete="off"
          autoCorrect="off"
          spellCheck={false}
        />
      </label>
      <p id="key-hint" className="quiet-text hint">
        {t.add.keyHint}
      </p>
      <details>
        <summary>{t.add.options}</summary>
        <div className="form">
          <label>
            {t.add.kind}
            <select
              name="kind"
              value={byCounter ? 'hotp' : 'totp'}
              onChange={(event) => setByCounter(event.target.value === 'hotp')}
            >
              <option value="totp">{t.add.kindTime}</option>
              <option value="hotp">{t.add.kindCounter}</option>
            </select>
          </label>
          <label>
            {t.codes.algorithm}
            <select name="algorithm">
              {(['SHA-1', 'SHA-256', 'SHA-512'] satisfies OtpAlgorithm[]).map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
          </label>
          <label>
            {t.codes.digits}
            <select name="digits">
              {[6, 7, 8].map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
          </label>
          {byCounter ? (
            <label key="counter">
              {t.add.counter}
              <input name="counter" type="number" min={0} max={2 ** 31} defaultValue={0} />
            </label>
          ) : (
            <label key="period">
              {t.add.period}
              <input name="period" type="number" min={1} max={3600} defaultValue={30} />
            </label>
          )}
        </div>
      </details>
      {problem && <Notice kind="error">{problem}</Notice>}
      <button type="submit" className="primary">
        {t.add.continue}
      </button>
    </form>
  );
}

/** The account, or what is wrong in words. */
function readForm(form: FormData, byCounter: boolean): OtpAccount | string {
  const [issuer, label] = [textOf(form, 'issuer').trim(), textOf(form, 'label').trim()];
  if (!issuer && !label) return t.codes.issuerNeeded;
  const typed = textOf(form, 'key').trim();
  if (!typed) return t.add.keyNeeded;
  const secret = decodeBase32(typed);
  if (!secret || secret.length === 0) return t.add.keyForm;
  return {
    type: byCounter ? 'hotp' : 'totp',
    issuer,
    label,
    secret,
    algorithm: textOf(form, 'algorithm') as OtpAlgorithm,
    digits: Number(textOf(form, 'digits')),
    period: byCounter ? 30 : Number(textOf(form, 'period') || 30),
    counter: byCounter ? Number(textOf(form, 'counter') || 0) : 0,
  };
}
