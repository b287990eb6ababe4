import { call, inWords, isProblem, serverNow } from '@countersign/ui/api';
import { StepUpCancelled, withStepUp } from '@countersign/ui/sign-in';
import { Alert, Button, Loader, Stack } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { GreenCheck } from '../layout/green-check.tsx';
import { GetAppStep } from './get-app-step.tsx';
import { OtherWays, type OtherWay } from './other-ways.tsx';
import { ScanStep } from './scan-step.tsx';
import { Steps } from './steps.tsx';
import { forgetActivation, useActivation } from './use-activation.ts';
import { t } from '../texts/texts.ts';

/** A code that has less left, in milliseconds, is replaced before it is shown: getting the app can take a while. */
const enoughTime = 8 * 60_000;

/** Enrolling a phone, in three steps: get the app, scan the code in it, see the green check. */
export function ActivationWizard({
  others = [],
  onDone,
  onLeave,
}: {
  others?: OtherWay[];
  onDone: () => void;
  onLeave?: () => void;
}) {
  const running = useActivation();
  const { activation, problem, pushDisabled, enrolledElsewhere, cancelled, open, begin, giveUp } = running;
  const [haveApp, setHaveApp] = useState(false);
  const [removed, setRemoved] = useState<string>();
  const [notMineProblem, setNotMineProblem] = useState<string>();
  const begun = useRef(false);

  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    void open();
  }, [open]);
  useEffect(() => {
    if (cancelled) onLeave?.();
  }, [cancelled]);

  const waysOn = (
    <>
      <OtherWays
        others={others.map(({ label, onChoose }) => ({
          label,
          onChoose: () => {
            void giveUp();
            onChoose();
          },
        }))}
      />
      {onLeave && (
        <Button
          variant="subtle"
          onClick={() => {
            void giveUp();
            onLeave();
          }}
        >
          {t.app.cancel}
        </Button>
      )}
    </>
  );

  if (pushDisabled) {
    return (
      <Stack>
        <Alert color="yellow" variant="light" role="alert" title={t.activation.disabled}>
          {t.activation.disabledText}
        </Alert>
        {waysOn}
      </Stack>
    );
  }
  if (enrolledElsewhere) {
    return (
      <Alert color="yellow" variant="light" role="alert" title={t.activation.elsewhere}>
        {t.activation.elsewhereText}
      </Alert>
    );
  }
  if (problem) {
    return (
      <Stack>
        <Alert color="red" variant="light" role="alert">
          {problem}
        </Alert>
        <Button onClick={() => void open()}>{t.app.tryAgain}</Button>
        {waysOn}
      </Stack>
    );
  }
  if (!activation) return <Loader aria-label={t.app.loading} mx="auto" />;

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
        setNotMineProblem(t.activation.notMineLater);
      } else if (!(error instanceof StepUpCancelled)) setNotMineProblem(inWords(error));
    }
  };

  return (
    <Stack gap="lg">
      <Steps current={active ? 3 : step} />
      {removed && !active && (
        <Alert color="yellow" variant="light" role="status">
          {t.activation.removed(removed)}
        </Alert>
      )}
      {activation.replaces && !active && (
        <Alert variant="light">{t.activation.replaces(activation.replaces.device.name)}</Alert>
      )}
      {step === 0 && <GetAppStep activationId={activation.id} onHaveApp={() => void showCode()} />}
      {step === 1 && (
        <ScanStep activation={activation} onNewCode={() => void begin()} onBack={() => setHaveApp(false)} />
      )}
      {active && (
        <GreenCheck
          title={t.activation.enrolled}
          text={t.activation.enrolledText(activation.authenticator?.device.name ?? t.activation.yourPhone)}
          onDone={() => {
            forgetActivation();
            onDone();
          }}
          problem={notMineProblem}
        >
          {/* The way out for whoever does not know the device. */}
          <Button variant="subtle" color="red" onClick={() => void notMine()}>
            {t.activation.notMine}
          </Button>
        </GreenCheck>
      )}
      {!active && waysOn}
    </Stack>
  );
}
