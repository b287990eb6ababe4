import './trusted-types.ts';
import '@countersign/ui/tokens.css';
import './app.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { restoreLanguage } from './display/language.ts';
import './display/scheme.ts';
import { readDevice } from './storage/read-device.ts';
import { takeKeyFromAddress } from './transfer/offered-key.ts';
import { registerServiceWorker } from './registration.ts';

takeKeyFromAddress();
// The language and what is on this device are read side by side; nothing waits for the other.
const reading = readDevice();
await restoreLanguage();
createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <App reading={reading} />
  </StrictMode>,
);
void registerServiceWorker();
