import { textOf } from '@countersign/ui/form-text';
import { useRef, useState, type FormEvent } from 'react';
import { normalizeCode } from '@countersign/protocol';
import { mustInstallFirst } from '../activation/device.ts';
import { Camera } from '../scan/camera.tsx';
import { interpret } from '../scan/interpret.ts';
import { readPicture } from '../scan/picture.ts';
import { go } from '../routing.ts';
import { InstallHint } from './install-hint.tsx';
import { Icon, Notice, Screen } from './pieces.tsx';

/** Adding an account: by camera, by picture, or by typing. */
export function AddScreen() {
  const [typing, setTyping] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [camera, setCamera] = useState(true);
  const file = useRef<HTMLInputElement>(null);

  if (mustInstallFirst()) return <InstallFirst />;
  const take = (text: string) => {
    const scanned = interpret(text, location.origin);
    if (scanned.kind === 'activation') return go(`/activate?code=${scanned.code}`);
    setProblem(scanned.what);
  };
  const fromPicture = async (picture: File | undefined) => {
    if (!picture) return;
    setProblem(undefined);
    await readPicture(picture).then(take, (error: Error) => setProblem(error.message));
  };

  return (
    <Screen title="Add account" back="/">
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
          <p className="quiet-text">
            In the User Portal, open Security, choose Enroll device, then “I have the app”. Scan the code that
            it shows.
          </p>
          <div className="actions">
            <button type="button" className="secondary" onClick={() => setTyping(true)}>
              <Icon name="keyboard" />
              Enter code instead
            </button>
            <button type="button" className="secondary" onClick={() => file.current?.click()}>
              <Icon name="picture" />
              From a picture
            </button>
          </div>
          <input
            ref={file}
            type="file"
            accept="image/*"
            className="hidden-input"
            aria-label="Picture with a QR code"
            tabIndex={-1}
            onChange={(event) => void fromPicture(event.target.files?.[0])}
          />
        </>
      )}
    </Screen>
  );
}

function TypedCode() {
  const [problem, setProblem] = useState<string>();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const server = URL.parse(withScheme(textOf(form, 'server').trim()));
    const code = textOf(form, 'code');
    if (server?.origin !== location.origin) {
      return setProblem(
        server
          ? `This app belongs to ${location.host}. Open ${server.host}/authenticator/ for an account there.`
          : 'This is no server address.',
      );
    }
    if (!normalizeCode(code))
      return setProblem('The code has 20 letters and digits, in four groups of five.');
    go(`/activate?code=${code}`);
  };
  return (
    <form onSubmit={submit} className="form">
      <label>
        Server address
        <input
          name="server"
          defaultValue={location.origin}
          inputMode="url"
          autoCapitalize="none"
          autoCorrect="off"
        />
      </label>
      <label>
        Code
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
        Continue
      </button>
    </form>
  );
}

const withScheme = (typed: string): string =>
  /^https?:/i.test(typed) ? typed : `${location.protocol}//${typed}`;

/** What is enrolled in Safari's tab would be lost to the app on the Home Screen, so a code is never spent here. */
export function InstallFirst() {
  return (
    <Screen title="Install the app first" back="/">
      <InstallHint />
      <p>
        Then open it from the Home Screen and tap “Add account”: the code is scanned inside the app. Your code
        has not been used.
      </p>
    </Screen>
  );
}
