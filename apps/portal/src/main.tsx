import '@countersign/ui/trusted-types';
import '@mantine/core/styles.css';
import '@countersign/ui/tokens.css';
import './portal.css';
import { styleNonce } from '@countersign/ui/csp';
import { cssVariables, theme } from '@countersign/ui/theme';
import { MantineProvider, mergeThemeOverrides } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { restoreLanguage, useChosenLanguage } from './display/language.ts';
import { createQueries, readAhead } from './session.ts';
import { t } from './texts/texts.ts';

const queries = createQueries();
readAhead(queries);

/** Drawn anew, whole, where another language is chosen. */
function Root() {
  const language = useChosenLanguage();
  const spoken = mergeThemeOverrides(theme, {
    components: {
      Modal: { defaultProps: { closeButtonProps: { 'aria-label': t.app.close } } },
      PasswordInput: {
        defaultProps: { visibilityToggleButtonProps: { 'aria-label': t.app.showPassword } },
      },
    },
  });
  return (
    <MantineProvider
      key={language}
      theme={spoken}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
    >
      <QueryClientProvider client={queries}>
        <App />
      </QueryClientProvider>
    </MantineProvider>
  );
}

await restoreLanguage();
createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <Root />
  </StrictMode>,
);
