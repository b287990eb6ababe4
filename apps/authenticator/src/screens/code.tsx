import { textOf } from '@countersign/ui/form-text';
import { useState, type FormEvent } from 'react';
import { formatOtpauthUri } from '@countersign/protocol/otp';
import { changeCode, nameOf, removeCode, revealCodes, type Code } from '../codes/store.ts';
import { refreshCodes } from '../codes/use-codes.ts';
import { IssuerIcon } from '../codes/issuer-icon.tsx';
import { go } from '../routing.ts';
import { inWords, SaidError } from '../server/failure.ts';
import { count } from '../telemetry/telemetry.ts';
import { t } from '../texts/texts.ts';
import { HotpCode, TotpCode } from './code-row.tsx';
import { ConfirmDialog, Notice, Screen, When } from './pieces.tsx';
import { QrCode } from './qr-code.tsx';

/** One code: what it is, its names, its QR code for another app, and deleting it. */
export function CodeScreen({ code }: { code: Code | undefined }) {
  if (!code) {
    return (
      <Screen title={t.account.title} back="/" top>
        <p>{t.codes.gone}</p>
      </Screen>
    );
  }
  return (
    <Screen title={code.issuer || code.label || t.codes.unnamed} back="/" top>
      <div className="card code-card">
        <IssuerIcon name={code.issuer || code.label} />
        {code.type === 'totp' ? <TotpCode code={code} /> : <HotpCode code={code} />}
      </div>
      <div className="card facts">
        <dl>
          <dt>{t.codes.algorithm}</dt>
          <dd>{code.algorithm}</dd>
          <dt>{t.codes.digits}</dt>
          <dd>{code.digits}</dd>
          <dt>{code.type === 'totp' ? t.codes.period : t.codes.counter}</dt>
          <dd>{code.type === 'totp' ? t.codes.periodValue(code.period) : code.counter}</dd>
          <dt>{t.codes.added}</dt>
          <dd>
            <When at={code.addedAt} />
          </dd>
        </dl>
      </div>
      <Names code={code} />
      <ShowQr code={code} />
      <Deletion code={code} />
    </Screen>
  );
}

function Names({ code }: { code: Code }) {
  const [message, setMessage] = useState<{ kind: 'success' | 'error'; text: string }>();
  const rename = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [issuer, label] = [textOf(form, 'issuer').trim(), textOf(form, 'label').trim()];
    if (!issuer && !label) return setMessage({ kind: 'error', text: t.codes.issuerNeeded });
    try {
      await changeCode(code.id, { issuer, label });
      await refreshCodes();
      setMessage({ kind: 'success', text: t.app.saved });
    } catch (error) {
      setMessage({ kind: 'error', text: inWords(error) });
    }
  };
  return (
    <form className="form" onSubmit={(event) => void rename(event)}>
      <label>
        {t.codes.issuer}
        <input name="issuer" defaultValue={code.issuer} maxLength={200} autoComplete="off" />
      </label>
      <label>
        {t.codes.label}
        <input name="label" defaultValue={code.label} maxLength={200} autoComplete="off" />
      </label>
      <button type="submit" className="secondary">
        {t.app.save}
      </button>
      {message && <Notice kind={message.kind}>{message.text}</Notice>}
    </form>
  );
}

function ShowQr({ code }: { code: Code }) {
  const [uri, setUri] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const show = async () => {
    const { accounts } = await revealCodes([code]).catch((error: unknown) => {
      setProblem(inWords(error));
      return { accounts: [] };
    });
    if (accounts[0]) setUri(formatOtpauthUri(accounts[0]));
    else setProblem((known) => known ?? t.codes.unreadableText);
  };
  return (
    <>
      {problem && <Notice kind="error">{problem}</Notice>}
      {uri && (
        <div className="card qr-card">
          <Notice kind="warning">{t.codes.showWarning}</Notice>
          <QrCode text={uri} label={nameOf(code)} />
        </div>
      )}
      <button
        type="button"
        className="secondary"
        onClick={() => (uri === undefined ? void show() : setUri(undefined))}
      >
        {uri === undefined ? t.codes.show : t.codes.hide}
      </button>
    </>
  );
}

function Deletion({ code }: { code: Code }) {
  const [asking, setAsking] = useState(false);
  const remove = async () => {
    try {
      await removeCode(code.id);
      await refreshCodes();
    } catch (error) {
      throw new SaidError(inWords(error), { cause: error });
    }
    count('account_removed');
    go('/');
  };
  return (
    <>
      <button type="button" className="danger" onClick={() => setAsking(true)}>
        {t.codes.delete}
      </button>
      {asking && (
        <ConfirmDialog
          title={t.codes.deleteTitle}
          confirm={t.codes.deleteConfirm}
          onConfirm={remove}
          onClose={() => setAsking(false)}
        >
          <p>{t.codes.deleteText(nameOf(code))}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
