import { inWords } from '@countersign/ui/api';
import { Alert, Button, Center, Loader } from '@mantine/core';
import { lazy, Suspense, useEffect, useState } from 'react';
import { FailureBoundary } from './layout/failure-boundary.tsx';
import { NarrowPage } from './layout/narrow-page.tsx';
import { useForgetSession, useSession } from './session.ts';
import { SignInPage } from './sign-in/sign-in-page.tsx';
import { giveUpUnderWay } from './sign-in/under-way.ts';
import { interactionId } from './sso/interaction.ts';
import { t } from './texts/texts.ts';

// The sign-in page is what everybody loads first: everything else comes when it is wanted.
const SetupPage = lazy(() => import('./begin/setup-page.tsx'));
const InvitationPage = lazy(() => import('./begin/invitation-page.tsx'));
const FirstEnrolment = lazy(() => import('./activation/first-enrolment.tsx'));
const EnrolmentNotice = lazy(() => import('./activation/enrolment-notice.tsx'));
const ResetPage = lazy(() => import('./reset/reset-page.tsx'));
const NewPasswordPage = lazy(() => import('./security/new-password-page.tsx'));
const DevicePage = lazy(() => import('./device/device-page.tsx'));
const SsoPage = lazy(() => import('./sso/sso-page.tsx'));
const SignedIn = lazy(() => import('./signed-in.tsx'));

export function App() {
  return (
    <FailureBoundary>
      <Suspense fallback={<Waiting />}>
        <Face />
      </Suspense>
    </FailureBoundary>
  );
}

function Waiting() {
  return (
    <Center mih="60dvh">
      <Loader aria-label={t.app.loading} />
    </Center>
  );
}

/** The sign-in at which enrolling was put off: it outlasts a reload, and the next sign-in tells anew. */
const putOffName = 'countersign.enrolment-put-off';

/** Which page the address and the session ask for. */
function Face() {
  const [path] = useState(location.pathname);
  if (path === '/setup') return <SetupPage />;
  if (path === '/invite') return <InvitationPage />;
  if (path === '/reset') return <ResetPage />;
  if (path === '/device') return <DevicePage />;
  return <BySession />;
}

function BySession() {
  const { data: session, error, isFetching, refetch } = useSession();
  const forget = useForgetSession();
  const [putOff, setPutOff] = useState(() => sessionStorage.getItem(putOffName));
  useEffect(() => {
    // Signed in by another tab: what was begun here is not to wait on the phone, nor to be found after signing out.
    if (session) giveUpUnderWay();
  }, [session]);
  if (error && !session) {
    return (
      <NarrowPage title={t.app.unreachable}>
        <Alert color="red" variant="light" role="alert">
          {inWords(error)}
        </Alert>
        <Button size="md" loading={isFetching} onClick={() => void refetch()}>
          {t.app.tryAgain}
        </Button>
      </NarrowPage>
    );
  }
  if (session === undefined) return <Waiting />;
  if (session === null) return <SignInPage onSignedIn={() => void forget()} />;
  if (session.enrollment_required) return <FirstEnrolment session={session} />;
  if (session.password_change_required) return <NewPasswordPage session={session} />;
  const { enrollment_due: due } = session;
  if (due !== null && putOff !== session.auth_time) {
    const later = () => {
      sessionStorage.setItem(putOffName, session.auth_time);
      setPutOff(session.auth_time);
    };
    return <EnrolmentNotice session={session} due={due} onLater={later} />;
  }
  if (interactionId !== null) return <SsoPage session={session} />;
  return <SignedIn session={session} />;
}
