import { call, inWords } from '@countersign/ui/api';
import { StepUpCancelled, withStepUp } from '@countersign/ui/sign-in';
import { Alert, Button, Loader, Stack, Stepper, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { CheckStep } from './check-step.tsx';
import { GetAppStep } from './get-app-step.tsx';
import { ScanStep } from './scan-step.tsx';
import { useActivation } from './use-activation.ts';

/** Enrolling a phone, in three steps: get the app, scan the code in it, see the green check. */
export function ActivationWizard({ onDone, onLeave }: { onDone: () => void; onLeave?: () => void }) {
  const running = useActivation();
  const { activation, problem, pushDisabled, cancelled, begin, giveUp } = running;
  const [haveApp, setHaveApp] = useState(false);
  const [removed, setRemoved] = useState<string>();
  const [notMineProblem, setNotMineProblem] = useState<string>();
  const begun = useRef(false);

  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    void begin();
  }, [begin]);
  useEffect(() => {
    if (cancelled) onLeave?.();
  }, [cancelled]);

  if (pushDisabled) {
    return (
      <Alert color="yellow" variant="light" role="alert" title="Mobile push is not enabled for you">
        Your administrator has not enabled mobile push for your account. Ask them to enable it.
      </Alert>
    );
  }
  if (problem) {
    return (
      <Stack>
        <Alert color="red" variant="light" role="alert">
          {problem}
        </Alert>
        <Button onClick={() => void begin()}>Try again</Button>
      </Stack>
    );
  }
  if (!activation) return <Loader aria-label="Loading" mx="auto" />;

  const active = activation.state === 'active';
  const step = active ? 2 : haveApp || activation.state === 'pending' ? 1 : 0;

  const notMine = async () => {
    setNotMineProblem(undefined);
    const { id, device } = activation.authenticator!;
    try {
      await withStepUp(() => call('DELETE', `/api/v1/me/authenticators/${id}`));
      setRemoved(device.name);
      setHaveApp(true);
      await begin();
    } catch (error) {
      if (!(error instanceof StepUpCancelled)) setNotMineProblem(inWords(error));
    }
  };

  return (
    <Stack gap="lg">
      <Stepper active={active ? 3 : step} size="sm" allowNextStepsSelect={false} wrap={false} iconSize={32}>
        <Stepper.Step label="App" aria-label="Step 1: get the app" />
        <Stepper.Step label="Scan" aria-label="Step 2: scan the code" />
        <Stepper.Step label="Done" aria-label="Step 3: done" />
      </Stepper>
      {removed && !active && (
        <Alert color="yellow" variant="light" role="status">
          “{removed}” was removed. If somebody else can see your screen, make sure that they cannot, then scan
          the new code.
        </Alert>
      )}
      {activation.replaces && !active && (
        <Text fz="sm" c="dimmed">
          Your present phone, “{activation.replaces.device.name}”, stays until the new one is ready; then it
          is replaced.
        </Text>
      )}
      {step === 0 && <GetAppStep activationId={activation.id} onHaveApp={() => setHaveApp(true)} />}
      {step === 1 && <ScanStep activation={activation} onNewCode={() => void begin()} />}
      {active && (
        <CheckStep
          device={activation.authenticator?.device.name ?? 'Your phone'}
          problem={notMineProblem}
          onDone={onDone}
          onNotMine={() => void notMine()}
        />
      )}
      {onLeave && !active && (
        <Button
          variant="subtle"
          onClick={() => {
            void giveUp();
            onLeave();
          }}
        >
          Cancel
        </Button>
      )}
    </Stack>
  );
}
