import { call, isProblem } from '@countersign/ui/api';
import { useEffect, useState } from 'react';
import type { Authentication } from '@countersign/protocol/wire';
import { Loader } from '@mantine/core';
import { NarrowPage } from '../layout/narrow-page.tsx';
import { EnrollmentCode } from './enrollment-code.tsx';
import { FactorStep } from './factor-step.tsx';
import { PasswordForm } from './password-form.tsx';

/** Signing in: the password, then what policy asks for. A reload in the middle finds the way back. */

const underWay = 'countersign.authentication';

export function SignInPage({ reason, onSignedIn }: { reason?: string; onSignedIn: () => void }) {
  const [authentication, setAuthentication] = useState<Authentication>();
  const [restoring, setRestoring] = useState(() => sessionStorage.getItem(underWay) !== null);
  const [codeNeeded, setCodeNeeded] = useState(false);

  const forget = () => {
    sessionStorage.removeItem(underWay);
    setAuthentication(undefined);
    setCodeNeeded(false);
  };

  const complete = async ({ id }: Authentication) => {
    try {
      const { continue: path } = await call<{ continue: string }>(
        'POST',
        `/api/v1/authentications/${id}/complete`,
      );
      sessionStorage.removeItem(underWay);
      // What was opened before signing in is opened after it; else where the server says.
      if (location.pathname === '/' && path !== '/') history.replaceState(null, '', path);
      onSignedIn();
    } catch (error) {
      if (isProblem(error, 'not_ready')) return setCodeNeeded(true);
      forget();
      if (isProblem(error, 'already_complete')) onSignedIn();
    }
  };

  const goOn = (next: Authentication) => {
    sessionStorage.setItem(underWay, next.id);
    setAuthentication(next);
    if (next.state === 'ready' || next.state === 'enrollment_required') void complete(next);
  };

  useEffect(() => {
    const id = sessionStorage.getItem(underWay);
    if (!id) return;
    call<Authentication>('GET', `/api/v1/authentications/${id}`)
      .then(
        (found) => (found.state === 'complete' || found.state === 'expired' ? forget() : goOn(found)),
        forget,
      )
      .finally(() => setRestoring(false));
  }, []);

  if (restoring) {
    return (
      <NarrowPage title="Sign in">
        <Loader aria-label="Loading" />
      </NarrowPage>
    );
  }
  if (authentication && codeNeeded) {
    return (
      <EnrollmentCode
        id={authentication.id}
        onAccepted={() => void complete(authentication)}
        onStartAgain={forget}
      />
    );
  }
  if (authentication && authentication.state !== 'enrollment_required' && authentication.state !== 'ready') {
    return (
      <FactorStep
        key={authentication.id}
        initial={authentication}
        onReady={() => void complete(authentication)}
        onStartAgain={forget}
      />
    );
  }
  return <PasswordForm reason={reason} onBegun={goOn} />;
}
