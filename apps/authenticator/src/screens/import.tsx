import { useEffect, useState, type FormEvent } from 'react';
import { textOf } from '@countersign/ui/form-text';
import { mustInstallFirst } from '../activation/device.ts';
import { dropOffer, offeredImport } from '../codes/offered.ts';
import {
  goOnWithoutMissing,
  startScanning,
  takeFile,
  takePictures,
  takeScanned,
  takeText,
} from '../import/bring-in.ts';
import { chooseFiles } from '../import/choose-files.ts';
import { change, endSession, useSession, type Session } from '../import/session.ts';
import { Camera } from '../scan/camera.tsx';
import { t } from '../texts/texts.ts';
import { InstallFirst } from './add.tsx';
import { ImportDone } from './import-done.tsx';
import { ImportPassword } from './import-password.tsx';
import { ImportPreview } from './import-preview.tsx';
import { Icon, Notice, Screen } from './pieces.tsx';

/** Codes of another app or out of a backup: where they come from, then a password, a preview, and what was added. */
export function ImportScreen({ step, codes }: { step?: string; codes: number }) {
  const session = useSession();
  if (mustInstallFirst()) return <InstallFirst />;
  if (step === 'password' && session.sealed) return <ImportPassword sealed={session.sealed} />;
  if (step === 'preview' && session.found) return <ImportPreview found={session.found} codes={codes} />;
  if (step === 'done' && session.outcome) return <ImportDone outcome={session.outcome} />;
  // Also where a step was opened anew, after a reload: there is nothing to show.
  return <Sources session={session} />;
}

function Sources({ session }: { session: Session }) {
  const { busy, problem, hint, scanning, pages } = session;
  const [pasting, setPasting] = useState(false);
  useEffect(() => {
    const offered = offeredImport();
    if (offered === undefined) return;
    dropOffer();
    void takeText(offered, { scanning: true });
  }, []);
  return (
    <Screen title={t.import.title} back="/" top>
      {!scanning && <p>{t.import.intro}</p>}
      {scanning && (
        <Camera
          onText={(text) => void takeScanned(text)}
          onUnavailable={(why) => change({ scanning: false, problem: why })}
        />
      )}
      {problem && <Notice kind="error">{problem}</Notice>}
      {hint && <Notice kind="warning">{hint}</Notice>}
      {busy && <Notice kind="info">{t.import.reading}</Notice>}
      {pages && <Missing have={pages.found.size} of={pages.size} />}
      <div className="actions">
        {scanning ? (
          <Source
            icon="camera"
            text={t.import.stopScanning}
            disabled={false}
            onClick={() => change({ scanning: false })}
          />
        ) : (
          <Source icon="camera" text={t.import.scan} disabled={busy} onClick={startScanning} />
        )}
        <Source
          icon="file"
          text={t.import.file}
          disabled={busy}
          onClick={() => chooseFiles({}, ([file]) => file && void takeFile(file))}
        />
        <Source
          icon="picture"
          text={t.import.picture}
          disabled={busy}
          onClick={() =>
            chooseFiles({ accept: 'image/*', multiple: true }, (files) => void takePictures(files))
          }
        />
        {!pasting && (
          <Source icon="keyboard" text={t.import.paste} disabled={busy} onClick={() => setPasting(true)} />
        )}
      </div>
      {pasting && <Paste busy={busy} />}
    </Screen>
  );
}

function Source({
  icon,
  text,
  disabled,
  onClick,
}: {
  icon: Parameters<typeof Icon>[0]['name'];
  text: string;
  disabled: boolean;
  onClick: () => void;
}) {
  return (
    <button type="button" className="secondary" disabled={disabled} onClick={onClick}>
      <Icon name={icon} />
      {text}
    </button>
  );
}

/** Some QR codes of an export were scanned, others not yet. */
function Missing({ have, of }: { have: number; of: number }) {
  return (
    <Notice kind="info">
      <p>{t.import.pages(have, of)}</p>
      <div className="notice-actions">
        <button type="button" className="secondary" onClick={() => void goOnWithoutMissing()}>
          {t.import.goOn}
        </button>
        <button type="button" className="quiet" onClick={endSession}>
          {t.import.startAgain}
        </button>
      </div>
    </Notice>
  );
}

function Paste({ busy }: { busy: boolean }) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    void takeText(textOf(new FormData(event.currentTarget), 'text'));
  };
  return (
    <form className="form" onSubmit={submit}>
      <label>
        {t.import.pasteLabel}
        <textarea
          name="text"
          className="paste"
          rows={6}
          autoCapitalize="none"
          autoComplete="off"
          autoCorrect="off"
          spellCheck={false}
          autoFocus
        />
      </label>
      <button type="submit" className="primary" disabled={busy}>
        {t.import.read}
      </button>
    </form>
  );
}
