import '@countersign/ui/trusted-types';
import '@mantine/core/styles.css';
import '@countersign/ui/tokens.css';
import './admin.css';
import { MantineProvider } from '@mantine/core';
import { isProblem, ProblemError } from '@countersign/ui/api';
import { styleNonce } from '@countersign/ui/csp';
import { cssVariables, theme } from '@countersign/ui/theme';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createAdminRouter } from './router.tsx';

// Mantine's dialogs and drawers keep the page behind them still by a style of react-remove-scroll, which asks for the
// nonce by this name.
Object.assign(globalThis, { __webpack_nonce__: styleNonce() });

const onError = (error: unknown) => {
  if (isProblem(error, 'no_session')) signedOut();
};

/** Somebody else was faster: what is shown is no longer so. */
const isOutdated = (error: unknown) =>
  isProblem(error, 'changed_meanwhile') || isProblem(error, 'policy_changed');
const onChangeError = (error: unknown) => {
  onError(error);
  if (isOutdated(error)) void queryClient.invalidateQueries();
};

const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError: onChangeError }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // A refusal stays one however often it is asked for.
      retry: (failures, error) => !(error instanceof ProblemError && error.status < 500) && failures < 2,
    },
  },
});

const router = createAdminRouter(queryClient);

/** The session ended elsewhere: on to the sign-in, and back to the same room afterwards. */
function signedOut(): void {
  const { pathname, href } = router.state.location;
  if (pathname === '/sign-in') return;
  queryClient.clear();
  void router.navigate({ to: '/sign-in', search: { to: href } });
}

createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
