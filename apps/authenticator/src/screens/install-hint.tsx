import { useEffect, useState } from 'react';
import { platformOf } from '../activation/device.ts';
import { Notice } from './pieces.tsx';

/** Chrome's offer to install, kept until the person wants it. */
interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}
let offered: InstallPrompt | undefined;
addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  offered = event as InstallPrompt;
});

/** How this system puts the app on its home screen. */
export function InstallHint() {
  const [prompt, setPrompt] = useState(offered);
  useEffect(() => setPrompt(offered), []);
  if (prompt) {
    return (
      <button type="button" className="secondary" onClick={() => void prompt.prompt()}>
        Install the app
      </button>
    );
  }
  return (
    <Notice kind="info">
      {platformOf(navigator) === 'ios' ? (
        <>
          Put the app on your Home Screen first: tap <strong>Share</strong>, then{' '}
          <strong>Add to Home Screen</strong>, and open it from there.
        </>
      ) : (
        <>
          Put the app on your home screen: open the browser’s menu, then choose <strong>Install app</strong>{' '}
          or <strong>Add to Home screen</strong>.
        </>
      )}
    </Notice>
  );
}
