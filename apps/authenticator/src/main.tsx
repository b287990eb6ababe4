import './trusted-types.ts';
import '@countersign/ui/tokens.css';
import './app.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { restoreLanguage } from './display/language.ts';
import { restoreScheme } from './display/scheme.ts';
import { registerServiceWorker } from './registration.ts';

await Promise.all([restoreScheme(), restoreLanguage()]);
createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
void registerServiceWorker();
