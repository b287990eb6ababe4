import { call, inWords, isProblem, ProblemError } from '@countersign/ui/api';
import { Alert, Button, Group, Loader } from '@mantine/core';
import { lazy, Suspense, useEffect, useState } from 'react';
import type { Authentication } from '@countersign/protocol/wire';
import { NarrowPage } from '../layout/narrow-page.tsx';
import { ProblemAlert } from '../layout/problem-alert.tsx';
import { useSessionEnd, type End } from '../session.ts';
import { EnrollmentCode } from './enrollment-code.tsx';
import { PasswordForm } from './password-form.tsx';
import { forgetUnderWay, keepUnderWay, underWay } from './under-way.ts';
import { t } from '../texts/texts.ts';

/** Signing in: the password, then what policy asks for. A reload in the middle finds the way back. */

/** Comes while the password is typed. */
const loadFactorStep = () => import('./factor-step.tsx');
const FactorStep = lazy(loadFactorStep);

const reasonOf = (end: End | null): string | undefined =>
  end === null || end === 'left' ? undefined : t.signIn.ends[end];

export function SignInPage({ onSignedIn }: { onSignedIn: () => void }) {
  const [authentication, setAuthentication] = useState<Authentication>();
  const [restoring, setRestoring] = useState(() => underWay() !== null);
  const [unreachable, setUnreachable] = useState<string>();
  const [codeNeeded, setCodeNeeded] = useState(false);
  const [problem, setProblem] = useState<{ text: string; over: boolean }>();
  const end = useSessionEnd();

  const forget = () => {
    forgetUnderWay();
    setAuthentication(undefined);
    setCodeNeeded(false);
    setProblem(undefined);
  };

  const complete = async ({ id, state }: Authentication) => {
    setProblem(undefined);
    try {
      const { continue: path } = await call<{ continue: string }>(
        'POST',
        `/api/v1/authentications/${id}/complete`,
      );
      forgetUnderWay();
      // What was opened before signing in is opened after it; else where the server says.
      if (location.pathname === '/' && path !== '/') history.replaceState(null, '', path);
      onSignedIn();
    } catch (error) {
      const notReady = isProblem(error, 'not_ready');
      if (notReady && state === 'enrollment_required') return setCodeNeeded(true);
      if (isProblem(error, 'already_complete')) {
        forgetUnderWay();
        return onSignedIn();
      }
      setProblem({ text: inWords(error), over: notReady || isProblem(error, 'not_found') });
    }
  };

  const goOn = (next: Authentication) => {
    keepUnderWay(next.id);
    setAuthentication(next);
    if (next.state === 'ready' || next.state === 'enrollment_required') void complete(next);
  };

  const restore = () => {
    const id = underWay();
    if (id === null) return;
    setRestoring(true);
    setUnreachable(undefined);
    call<Authentication>('GET', `/api/v1/authentications/${id}`)
      .then(
        (found) => (found.state === 'complete' || found.state === 'expired' ? forget() : goOn(found)),
        (error: unknown) =>
          error instanceof ProblemError && error.status === 404 ? forget() : setUnreachable(inWords(error)),
      )
      .finally(() => setRestoring(false));
  };
  useEffect(() => {
    // Where it cannot be had now, the step itself asks again and says so.
    loadFactorStep().catch(() => {});
    restore();
  }, []);

  if (restoring) return <Wait title={t.signIn.title} />;
  if (unreachable !== undefined) {
    return (
      <NarrowPage title={t.signIn.notYet}>
        <ProblemAlert text={unreachable} />
        <Group>
          <Button onClick={restore}>{t.app.tryAgain}</Button>
          <Button
            variant="default"
            onClick={() => {
              setUnreachable(undefined);
              forget();
            }}
          >
            {t.app.startAgain}
          </Button>
        </Group>
      </NarrowPage>
    );
  }
  if (!authentication) return <PasswordForm reason={reasonOf(end)} onBegun={goOn} />;
  if (problem) {
    return (
      <NarrowPage title={t.signIn.notYet}>
        <Alert color="red" variant="light" role="alert">
          {problem.text}
        </Alert>
        <Group>
          {!problem.over && <Button onClick={() => void complete(authentication)}>{t.app.tryAgain}</Button>}
          <Button variant="default" onClick={forget}>
            {t.app.startAgain}
          </Button>
        </Group>
      </NarrowPage>
    );
  }
  if (codeNeeded) {
    return (
      <EnrollmentCode
        id={authentication.id}
        onAccepted={() => void complete(authentication)}
        onStartAgain={forget}
      />
    );
  }
  if (authentication.state === 'enrollment_required' || authentication.state === 'ready') {
    return <Wait title={t.signIn.signingIn} />;
  }
  return (
    <Suspense fallback={<Wait title={t.signIn.confirm} />}>
      <FactorStep
        key={authentication.id}
        initial={authentication}
        onReady={() => void complete(authentication)}
        onStartAgain={forget}
      />
    </Suspense>
  );
}

const Wait = ({ title }: { title: string }) => (
  <NarrowPage title={title}>
    <Loader aria-label={t.app.loading} />
  </NarrowPage>
);
