import { useEffect, useState } from 'react';
import { platformOf } from '../activation/device.ts';
import { t } from '../texts/texts.ts';
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
        {t.install.button}
      </button>
    );
  }
  // Every other piece is what the system calls it.
  const pieces = platformOf(navigator) === 'ios' ? t.install.ios : t.install.other;
  return (
    <Notice kind="info">
      {pieces.map((piece, index) => (index % 2 === 1 ? <strong key={index}>{piece}</strong> : piece))}
    </Notice>
  );
}
