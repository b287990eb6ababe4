import '@countersign/ui/trusted-types';
import '@mantine/core/styles.css';
import '@countersign/ui/tokens.css';
import './portal.css';
import { styleNonce } from '@countersign/ui/csp';
import { cssVariables, theme } from '@countersign/ui/theme';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { createQueries } from './session.ts';

const queries = createQueries();

createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
    >
      <QueryClientProvider client={queries}>
        <App />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
