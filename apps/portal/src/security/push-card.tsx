import { call, inWords } from '@countersign/ui/api';
import { StepUpCancelled, withStepUp } from '@countersign/ui/sign-in';
import { Alert, Badge, Button, Group, Modal, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import type { Authenticator, Me } from '@countersign/protocol/wire';
import { Loaded, SectionCard, whenText } from '../layout/section-card.tsx';
import { useAuthenticators, useMe } from './queries.ts';
import { TestPush } from './test-push.tsx';
import { VerificationKey } from './verification-key.tsx';

/** Multi-factor authentication: the phone, its health, a test, replacing and removing it. */
export function PushCard() {
  const me = useMe();
  const phones = useAuthenticators();
  return (
    <SectionCard
      title="Multi-factor authentication"
      text="A second proof beside your password, so that a stolen password is not enough."
    >
      <Loaded query={me}>
        {(person) => <Loaded query={phones}>{(items) => <MobilePush me={person} phones={items} />}</Loaded>}
      </Loaded>
    </SectionCard>
  );
}

function MobilePush({ me, phones }: { me: Me; phones: Authenticator[] }) {
  const active = phones.filter(({ state }) => state === 'active');
  if (!me.push_enabled && active.length === 0) {
    return <Text>Your administrator has not enabled mobile push for you.</Text>;
  }
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Title order={3} fz="lg">
          Mobile push
        </Title>
        <Badge
          color={active.length > 0 ? 'var(--cs-success)' : 'gray'}
          variant="light"
          size="lg"
          c={active.length > 0 ? 'var(--cs-success)' : 'var(--cs-text)'}
        >
          {active.length > 0 ? 'On' : 'Not set up'}
        </Badge>
      </Group>
      {!me.push_enabled && (
        <Alert color="yellow" variant="light">
          Mobile push is switched off for you at present, so this phone is not asked.
        </Alert>
      )}
      {active.map((phone) => (
        <Phone key={phone.id} me={me} phone={phone}>
          {me.push_enabled && active.length === 1 && <ActivateLink>Replace device</ActivateLink>}
        </Phone>
      ))}
      {me.push_enabled && active.length !== 1 && (
        <Group>
          <ActivateLink main={active.length === 0}>
            {active.length > 0 ? 'Replace device' : 'Enroll device'}
          </ActivateLink>
        </Group>
      )}
    </Stack>
  );
}

function ActivateLink({ children, main = false }: { children: string; main?: boolean }) {
  return (
    <Button component={Link} to="/activate" variant={main ? 'filled' : 'default'}>
      {children}
    </Button>
  );
}

/** One phone: its health, and what can be done with it. `children` are further actions. */
function Phone({ me, phone, children }: { me: Me; phone: Authenticator; children: ReactNode }) {
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<string>();
  const remove = async () => {
    setAsking(false);
    setProblem(undefined);
    try {
      await withStepUp(() => call('DELETE', `/api/v1/me/authenticators/${phone.id}`));
      await queries.invalidateQueries();
    } catch (error) {
      if (!(error instanceof StepUpCancelled)) setProblem(inWords(error));
    }
  };
  return (
    <Stack gap="xs">
      <Text fw={650} fz="lg">
        {phone.device.name}
      </Text>
      <Text c="dimmed">
        Enrolled {whenText(phone.created_at)} · last seen {whenText(phone.last_seen_at)}
      </Text>
      {phone.push === 'ok' ? (
        <Text c="var(--cs-success)">Notifications reach this phone.</Text>
      ) : (
        <Alert color="yellow" variant="light" title="Notifications do not reach this phone">
          {phone.push === 'none'
            ? 'They are not allowed on it. Requests appear in the app while it is open; allow notifications in the app to be told of them.'
            : 'Its push service no longer knows it. Open Countersign Authenticator on the phone once: it registers again by itself.'}
        </Alert>
      )}
      <VerificationKey me={me} phone={phone} />
      {problem && (
        <Alert color="red" variant="light" role="alert">
          {problem}
        </Alert>
      )}
      <TestPush phone={phone}>
        {children}
        <Button variant="subtle" color="red" onClick={() => setAsking(true)}>
          Remove
        </Button>
      </TestPush>
      <Modal opened={asking} onClose={() => setAsking(false)} title="Remove this phone?" centered>
        <Stack>
          <Text>
            “{phone.device.name}” will no longer approve your sign-ins. Without another way to confirm that it
            is you, you will need a code from your help desk to set up a new phone.
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsking(false)}>
              Cancel
            </Button>
            <Button color="red" onClick={() => void remove()}>
              Remove phone
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Stack>
  );
}
