import { useRef, useState } from 'react';
import { mustInstallFirst } from '../activation/device.ts';
import { offer } from '../codes/offered.ts';
import { Camera } from '../scan/camera.tsx';
import { interpret } from '../scan/interpret.ts';
import { readPicture } from '../scan/picture.ts';
import { go } from '../routing.ts';
import { inWords } from '../server/failure.ts';
import { t } from '../texts/texts.ts';
import { offerTransferKey } from '../transfer/offered-key.ts';
import { InstallHint } from './install-hint.tsx';
import { Icon, Notice, Screen } from './pieces.tsx';
import { TypedCode } from './typed-code.tsx';

/** Adding an account: by camera, by picture, by typing, or from another app. What was found is shown before it is kept. */
export function AddScreen() {
  const [typing, setTyping] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [camera, setCamera] = useState(true);
  const file = useRef<HTMLInputElement>(null);

  if (mustInstallFirst()) return <InstallFirst />;
  const take = (text: string) => {
    const problemOfIt = open(text);
    if (problemOfIt !== undefined) setProblem(problemOfIt);
  };
  const fromPicture = async (picture: File | undefined) => {
    if (!picture) return;
    setProblem(undefined);
    await readPicture(picture).then(
      (texts) => take(texts.length > 1 ? texts.join('\n') : texts[0]!),
      (error: unknown) => setProblem(inWords(error)),
    );
  };

  return (
    <Screen title={t.add.title} back="/" top>
      {typing ? (
        <TypedCode />
      ) : (
        <>
          {camera && (
            <Camera
              onText={take}
              onUnavailable={(why) => {
                setCamera(false);
                setProblem(why);
              }}
            />
          )}
          {problem && <Notice kind="warning">{problem}</Notice>}
          <p className="quiet-text">{t.add.hint}</p>
          <div className="actions">
            <button type="button" className="secondary" onClick={() => setTyping(true)}>
              <Icon name="keyboard" />
              {t.add.enterCode}
            </button>
            <button type="button" className="secondary" onClick={() => file.current?.click()}>
              <Icon name="picture" />
              {t.add.fromPicture}
            </button>
            <a className="secondary button" href="#/import">
              <Icon name="file" />
              {t.add.fromFile}
            </a>
          </div>
          <input
            ref={file}
            type="file"
            accept="image/*"
            className="hidden-input"
            aria-label={t.add.pictureLabel}
            tabIndex={-1}
            onChange={(event) => {
              void fromPicture(event.target.files?.[0]);
              // The same file may be chosen again.
              event.target.value = '';
            }}
          />
        </>
      )}
    </Screen>
  );
}

/** Goes to the screen for what was scanned; returns what it is where there is none. */
function open(text: string): string | undefined {
  const scanned = interpret(text, location.origin);
  switch (scanned.kind) {
    case 'activation': {
      const { code, transferKey } = scanned;
      if (transferKey !== undefined) offerTransferKey(code, transferKey);
      go(`/activate?code=${encodeURIComponent(code)}${transferKey === undefined ? '' : '&with=codes'}`);
      return undefined;
    }
    case 'verification_key':
      go(`/verification-key?code=${encodeURIComponent(scanned.code)}`);
      return undefined;
    case 'otp':
      offer({ kind: 'account', account: scanned.account });
      go('/add/code');
      return undefined;
    case 'import':
      offer({ kind: 'import', text: scanned.text });
      go('/import');
      return undefined;
    default:
      return scanned.what;
  }
}

/** What is enrolled in Safari's tab would be lost to the app on the Home Screen, so a code is never spent here. */
export function InstallFirst() {
  return (
    <Screen title={t.install.firstTitle} back="/" top>
      <InstallHint />
      <p>{t.install.first}</p>
    </Screen>
  );
}
