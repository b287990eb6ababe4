import { Anchor, Button, Stack, VisuallyHidden } from '@mantine/core';
import { call, inWords } from '@countersign/ui/api';
import { SecondFactor, useAuthentication } from '@countersign/ui/sign-in';
import type { Authentication } from '@countersign/protocol/wire';
import { Callout } from '../layout/callout.tsx';
import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useStepFocus } from './use-step-focus.ts';

export function ApprovalStep(props: {
  authentication: Authentication;
  onSignedIn: () => void;
  onStartAgain: () => void;
}) {
  const { authentication, onSignedIn, onStartAgain } = props;
  const heading = useStepFocus();
  const following = useAuthentication(authentication, authentication.preferred === 'push');
  const { id, state } = following.authentication;
  const complete = useMutation({
    mutationFn: () => call<{ continue: string }>('POST', `/api/v1/authentications/${id}/complete`),
    onSuccess: onSignedIn,
  });
  const { mutate } = complete;
  useEffect(() => {
    if (state === 'ready') mutate();
  }, [state, mutate]);

  if (complete.error) {
    return (
      <Stack>
        <Callout tone="danger" role="alert" title="Not signed in">
          {inWords(complete.error)}
        </Callout>
        <Button onClick={onStartAgain}>Start again</Button>
      </Stack>
    );
  }
  const waiting = state === 'challenge';
  return (
    <Stack align="center" gap="lg">
      <VisuallyHidden component="h1" ref={heading} tabIndex={-1}>
        Sign in to the Admin Portal
      </VisuallyHidden>
      <SecondFactor following={following} onStartAgain={onStartAgain} />
      {waiting && (
        <Anchor
          component="button"
          type="button"
          size="sm"
          onClick={() => {
            void following.giveUp();
            onStartAgain();
          }}
        >
          Cancel this sign-in
        </Anchor>
      )}
    </Stack>
  );
}
