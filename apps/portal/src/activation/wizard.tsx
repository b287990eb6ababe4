import { call, inWords, isProblem, serverNow } from '@countersign/ui/api';
import { StepUpCancelled, withStepUp } from '@countersign/ui/sign-in';
import { Alert, Button, Loader, Stack } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { CheckStep } from './check-step.tsx';
import { GetAppStep } from './get-app-step.tsx';
import { ScanStep } from './scan-step.tsx';
import { Steps } from './steps.tsx';
import { useActivation } from './use-activation.ts';

/** A code that has less left, in milliseconds, is replaced before it is shown: getting the app can take a while. */
const enoughTime = 8 * 60_000;

/** Enrolling a phone, in three steps: get the app, scan the code in it, see the green check. */
export function ActivationWizard({ onDone, onLeave }: { onDone: () => void; onLeave?: () => void }) {
  const running = useActivation();
  const { activation, problem, pushDisabled, enrolledElsewhere, cancelled, begin, giveUp } = running;
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
  if (enrolledElsewhere) {
    return (
      <Alert color="yellow" variant="light" role="alert" title="Your account has a phone already">
        It was set up in another browser since you signed in here. Sign out, then sign in with it. If it is
        not yours, tell your administrator at once.
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

  const showCode = async () => {
    if (Date.parse(activation.expires_at) - serverNow() < enoughTime) await begin();
    setHaveApp(true);
  };

  const notMine = async () => {
    setNotMineProblem(undefined);
    const { id, device } = activation.authenticator!;
    try {
      await withStepUp(() => call('DELETE', `/api/v1/me/authenticators/${id}`));
      setRemoved(device.name);
      setHaveApp(true);
      await begin();
    } catch (error) {
      if (isProblem(error, 'step_up_required')) {
        // Possible without a confirmation for some minutes only, and in the first activation no dialog asks for one.
        setNotMineProblem(
          'Choose Done, then remove the phone on the Security page, and tell your administrator.',
        );
      } else if (!(error instanceof StepUpCancelled)) setNotMineProblem(inWords(error));
    }
  };

  return (
    <Stack gap="lg">
      <Steps current={active ? 3 : step} />
      {removed && !active && (
        <Alert color="yellow" variant="light" role="status">
          “{removed}” was removed. If somebody else can see your screen, make sure that they cannot, then scan
          the new code.
        </Alert>
      )}
      {activation.replaces && !active && (
        <Alert variant="light">
          Your present phone, “{activation.replaces.device.name}”, stays until the new one is ready; then it
          is replaced.
        </Alert>
      )}
      {step === 0 && <GetAppStep activationId={activation.id} onHaveApp={() => void showCode()} />}
      {step === 1 && (
        <ScanStep activation={activation} onNewCode={() => void begin()} onBack={() => setHaveApp(false)} />
      )}
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
