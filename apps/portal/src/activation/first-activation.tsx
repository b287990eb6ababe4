import { call } from '@countersign/ui/api';
import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import type { Session } from '@countersign/protocol/wire';
import { NarrowPage } from '../layout/narrow-page.tsx';
import { useForgetSession } from '../session.ts';
import { ActivationWizard } from './wizard.tsx';

/** Who must have a second factor and has none is led here right at sign-in; there is no other way on. */
export default function FirstActivation({ session }: { session: Session }) {
  const forget = useForgetSession();
  // The session becomes full in the middle of the wizard; its green check must stay until Done.
  const [name] = useState(session.user.name);
  const leave = () =>
    call('DELETE', '/api/v1/session')
      .catch(() => {})
      .finally(() => void forget('left'));
  return (
    <NarrowPage
      title="Set up your phone"
      below={
        <Button variant="subtle" fullWidth mt="sm" onClick={() => void leave()}>
          Sign out
        </Button>
      }
    >
      <Text>
        Welcome, {name}. Your organisation protects sign-ins with your phone: it takes two minutes, once.
      </Text>
      <ActivationWizard
        onDone={() => {
          history.replaceState(null, '', '/');
          void forget();
        }}
      />
    </NarrowPage>
  );
}
