import { call, inWords, isProblem } from '@countersign/ui/api';
import { SecondFactor, useAuthentication, type SessionEnd } from '@countersign/ui/sign-in';
import { Button, Group, Loader, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { Authentication, Session, SsoContinued } from '@countersign/protocol/wire';
import { NarrowPage } from '../layout/narrow-page.tsx';
import { ProblemAlert } from '../layout/problem-alert.tsx';
import { useForgetSession } from '../session.ts';
import { t } from '../texts/texts.ts';
import { interactionId, interactionPath, useInteraction } from './interaction.ts';

/** An application asked who this is: at once, or after a step-up, the person goes back to it. */
export default function SsoPage({ session }: { session: Session }) {
  const { data: interaction, error, refetch } = useInteraction(session.user.id);
  const forget = useForgetSession();
  const [confirmed, setConfirmed] = useState(false);
  const [problem, setProblem] = useState<string>();
  const going = useRef(false);
  const isReady = interaction?.state === 'ready' || confirmed;

  const go = async (how: 'continue' | 'cancel') => {
    if (going.current) return;
    going.current = true;
    try {
      location.replace((await call<SsoContinued>('POST', `${interactionPath}/${how}`)).url);
    } catch (failure) {
      going.current = false;
      setProblem(inWords(failure));
    }
  };
  const signInAgain = () =>
    call('DELETE', '/api/v1/session').then(
      () => forget('left'),
      (failure: unknown) => setProblem(inWords(failure)),
    );
  useEffect(() => {
    if (isReady) void go('continue');
  }, [isReady]);

  // What the server cannot say just now may well go on.
  if (error && !isProblem(error, 'not_found')) {
    return (
      <NarrowPage title={t.app.unreachable}>
        <ProblemAlert text={inWords(error)} />
        <Button onClick={() => void refetch()}>{t.app.tryAgain}</Button>
      </NarrowPage>
    );
  }
  if (error) {
    return (
      <NarrowPage title={t.sso.overTitle}>
        <Text>{t.sso.over}</Text>
        <Button component="a" href="/">
          {t.sso.openPortal}
        </Button>
      </NarrowPage>
    );
  }
  if (interaction?.state === 'forbidden') {
    const { name } = interaction.application;
    return (
      <NarrowPage title={t.sso.forbiddenTitle(name)}>
        <ProblemAlert text={problem} />
        <Text>{t.sso.forbidden(name)}</Text>
        <Group>
          <Button onClick={() => void go('cancel')}>{t.sso.backToApplication}</Button>
          <Button component="a" href="/" variant="default">
            {t.sso.openPortal}
          </Button>
        </Group>
      </NarrowPage>
    );
  }
  const title = interaction ? t.sso.title(interaction.application.name) : t.app.loading;
  return (
    <NarrowPage title={title}>
      {problem !== undefined && (
        <>
          <ProblemAlert text={problem} />
          <Group>
            <Button onClick={() => (setProblem(undefined), void go('continue'))}>{t.app.tryAgain}</Button>
            <Button variant="default" onClick={() => void go('cancel')}>
              {t.app.cancel}
            </Button>
          </Group>
        </>
      )}
      {problem === undefined && (isReady || !interaction) && <Loader aria-label={t.app.loading} />}
      {problem === undefined && interaction?.state === 'sign_in' && (
        <>
          <Text>{t.sso.tooOld(interaction.application.name)}</Text>
          <Group>
            <Button onClick={() => void signInAgain()}>{t.sso.signInAgain}</Button>
            <Button variant="default" onClick={() => void go('cancel')}>
              {t.app.cancel}
            </Button>
          </Group>
        </>
      )}
      {problem === undefined && interaction?.state === 'step_up' && !confirmed && (
        <StepUp
          onConfirmed={() => setConfirmed(true)}
          onCancel={() => void go('cancel')}
          onProblem={setProblem}
          onSignedOut={(why) => void forget(why)}
        />
      )}
    </NarrowPage>
  );
}

interface StepUpProps {
  onConfirmed: () => void;
  onCancel: () => void;
  onProblem: (text: string) => void;
  onSignedOut: (why: SessionEnd) => void;
}

function StepUp(props: StepUpProps) {
  const [authentication, setAuthentication] = useState<Authentication>();
  const begin = () => {
    setAuthentication(undefined);
    call<Authentication>('POST', '/api/v1/authentications', {
      purpose: 'sso',
      interaction: interactionId,
    }).then(setAuthentication, (error: unknown) => props.onProblem(inWords(error)));
  };
  useEffect(begin, []);
  if (!authentication) return <Loader aria-label={t.app.loading} />;
  return <Confirming key={authentication.id} initial={authentication} onStartAgain={begin} {...props} />;
}

function Confirming({
  initial,
  onStartAgain,
  onConfirmed,
  onCancel,
  onProblem,
  onSignedOut,
}: StepUpProps & { initial: Authentication; onStartAgain: () => void }) {
  const following = useAuthentication(initial, initial.preferred === 'push');
  const { id, state, push } = following.authentication;
  const completing = useRef(false);
  useEffect(() => {
    if (state === 'denied') onSignedOut(push?.state === 'reported' ? 'reported' : 'denied');
    if (state !== 'ready' || completing.current) return;
    completing.current = true;
    call('POST', `/api/v1/authentications/${id}/complete`).then(onConfirmed, (error: unknown) =>
      onProblem(inWords(error)),
    );
  }, [state]);
  return (
    <>
      <SecondFactor following={following} onStartAgain={onStartAgain} />
      {state === 'challenge' && (
        <Button
          variant="subtle"
          onClick={() => {
            void following.giveUp();
            onCancel();
          }}
        >
          {t.app.cancel}
        </Button>
      )}
    </>
  );
}
