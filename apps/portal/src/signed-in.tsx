import { StepUpDialog } from '@countersign/ui/sign-in';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  Navigate,
  RouterProvider,
} from '@tanstack/react-router';
import type { Session } from '@countersign/protocol/wire';
import { useEffect } from 'react';
import { ActivatePage } from './activation/activate-page.tsx';
import { HomePage } from './home/home-page.tsx';
import { Shell } from './layout/shell.tsx';
import { SecurityPage } from './security/security-page.tsx';
import { useLanguageOfPerson } from './profile/language-of-person.ts';
import { ProfilePage } from './profile/profile-page.tsx';
import { useForgetSession } from './session.ts';

/** What a signed-in person can open. */

interface Context {
  session: Session;
}

const root = createRootRouteWithContext<Context>()({
  component: function Root() {
    return <Shell session={root.useRouteContext().session} />;
  },
  notFoundComponent: () => <Navigate to="/" replace />,
});
const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: function Home() {
    return <HomePage session={home.useRouteContext().session} />;
  },
});
const security = createRoute({ getParentRoute: () => root, path: '/security', component: SecurityPage });
const profile = createRoute({ getParentRoute: () => root, path: '/profile', component: ProfilePage });
const activate = createRoute({ getParentRoute: () => root, path: '/activate', component: ActivatePage });

const router = createRouter({
  routeTree: root.addChildren([home, security, profile, activate]),
  context: { session: undefined as unknown as Session },
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

export default function SignedIn({ session }: { session: Session }) {
  const forget = useForgetSession();
  useLanguageOfPerson();
  // Pages keep the context that they were opened with, such as a name that was changed since.
  useEffect(() => void router.invalidate(), [session]);
  return (
    <>
      <RouterProvider router={router} context={{ session }} />
      <StepUpDialog onSignedOut={(why) => void forget(why)} />
    </>
  );
}
