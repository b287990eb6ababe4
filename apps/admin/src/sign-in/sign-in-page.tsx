import { Anchor } from '@mantine/core';
import { Mark } from '@countersign/ui';
import type { Authentication } from '@countersign/protocol/wire';
import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useOrganization } from '../session/organization.ts';
import { sessionQuery } from '../session/session.ts';
import { ApprovalStep } from './approval-step.tsx';
import { EnrollmentStep } from './enrollment-step.tsx';
import { PasswordStep } from './password-step.tsx';
import styles from './sign-in-page.module.css';

const route = getRouteApi('/sign-in');

/** Password, then the phone. The Admin Portal has a session of its own, apart from the User Portal's. */
export function SignInPage() {
  const { to = '/people' } = route.useSearch();
  const router = useRouter();
  const client = useQueryClient();
  const organization = useOrganization();
  const [authentication, setAuthentication] = useState<Authentication>();

  useEffect(() => {
    document.title = `Sign in · ${organization} Admin Portal`;
  }, [organization]);

  const signedIn = async () => {
    client.removeQueries({ queryKey: sessionQuery.queryKey });
    // `to` is an address within this portal, below its base.
    router.history.push(router.basepath + to);
  };
  const startAgain = () => setAuthentication(undefined);

  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <div className={styles.brand}>
          <Mark size={44} />
          <span>{organization}</span>
        </div>
        {authentication === undefined ? (
          <PasswordStep onBegun={setAuthentication} />
        ) : authentication.state === 'enrollment_required' ? (
          <EnrollmentStep authentication={authentication} onStartAgain={startAgain} />
        ) : (
          <ApprovalStep
            key={authentication.id}
            authentication={authentication}
            onSignedIn={signedIn}
            onStartAgain={startAgain}
          />
        )}
      </div>
      <p className={styles.elsewhere}>
        Not an administrator? <Anchor href="/">Go to the User Portal</Anchor>
      </p>
    </main>
  );
}
