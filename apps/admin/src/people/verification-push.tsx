import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { UserDetail, VerificationPush as Push } from '@countersign/protocol/wire';
import { follow } from '@countersign/ui/events';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Callout } from '../layout/callout.tsx';
import { Failure } from '../layout/failure.tsx';
import { askCaller, takeQuestionBack, verificationPushPath } from '../server/admin-api.ts';
import { ActRow } from './act-row.tsx';
import styles from './enrollment-code-dialog.module.css';

/** Somebody calls and says that they are this person: their phone is asked. */
export function VerificationPush({ person }: { person: UserDetail }) {
  const [push, setPush] = useState<Push>();
  const ask = useMutation({ mutationFn: () => askCaller(person.id), onSuccess: setPush });
  const id = push?.id;
  useEffect(
    () =>
      id === undefined
        ? undefined
        : follow<Push>(verificationPushPath(person.id, id), 'verification-push', setPush),
    [person.id, id],
  );
  const close = () => {
    if (push?.state === 'pending') void takeQuestionBack(person.id, push.id).catch(() => {});
    setPush(undefined);
  };
  return (
    <>
      {ask.error && <Failure error={ask.error} what="The phone was not asked." />}
      <ActRow
        title="Verify a caller"
        text="Asks their phone whether it is them who is calling you. They type a number there that you tell them. Nothing is opened by it."
        label="Send a verification push"
        busy={ask.isPending}
        onAct={() => ask.mutate()}
      />
      <Modal
        opened={push !== undefined}
        onClose={close}
        title={`Is it ${person.name} who is calling?`}
        centered
        closeOnClickOutside={false}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {push && (
          <Stack gap="md">
            {push.state === 'pending' ? <Waiting push={push} /> : <Answer person={person} push={push} />}
            <Group justify="flex-end">
              {push.state !== 'pending' && push.state !== 'approved' && (
                <Button variant="default" loading={ask.isPending} onClick={() => ask.mutate()}>
                  Ask again
                </Button>
              )}
              <Button variant={push.state === 'pending' ? 'default' : 'filled'} onClick={close}>
                {push.state === 'pending' ? 'Take it back' : 'Done'}
              </Button>
            </Group>
            {ask.error && <Failure error={ask.error} what="The phone was not asked again." />}
          </Stack>
        )}
      </Modal>
    </>
  );
}

function Waiting({ push }: { push: Push }) {
  return (
    <>
      <Text>Tell the caller this number. They type it on their phone and approve.</Text>
      <output className={styles.code} aria-label="Number for the caller">
        {push.number}
      </output>
      <Text role="status" c="var(--cs-text-quiet)">
        {push.seen
          ? `The request is on the screen of “${push.device}”.`
          : `The request was sent to “${push.device}”.`}
      </Text>
      <Text size="sm" c="var(--cs-text-quiet)">
        Tell it only to somebody who called you, and in this call. Do not let the caller tell you a number
        instead.
      </Text>
    </>
  );
}

type Ended = Exclude<Push['state'], 'pending'>;

function Answer({ person: { name }, push: { state, device } }: { person: UserDetail; push: Push }) {
  const [tone, title, text] = answers[state as Ended];
  return (
    <Callout tone={tone} role="alert" title={title(name)}>
      {text(name, device)}
    </Callout>
  );
}

type Words = (name: string, device: string) => string;
const answers: Record<Ended, ['success' | 'warning' | 'danger', (name: string) => string, Words]> = {
  approved: [
    'success',
    (name) => `The caller is ${name}`,
    (_, device) => `They typed the number and approved on “${device}”.`,
  ],
  denied: [
    'danger',
    (name) => `The caller is not ${name}`,
    (name, device) => `${name} denied it on “${device}”. Do nothing that the caller asks for.`,
  ],
  reported: [
    'danger',
    (name) => `The caller is not ${name}`,
    (name) =>
      `${name} answered “This wasn’t me”; the administrators were told. Do nothing that the caller asks for.`,
  ],
  failed: [
    'danger',
    () => 'A wrong number was typed',
    () =>
      'It is not known who the caller is. Where they misheard, ask again; the next request has another number.',
  ],
  expired: ['warning', () => 'Nobody answered', () => 'It is not known who the caller is.'],
  cancelled: ['warning', () => 'The request has ended', () => 'It is not known who the caller is.'],
};
