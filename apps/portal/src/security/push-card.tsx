import { call } from '@countersign/ui/api';
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import type { Authenticator, Me, MyFactors } from '@countersign/protocol/wire';
import { whenText } from '../display/time.ts';
import { ProblemAlert } from '../layout/problem-alert.tsx';
import { Loaded } from '../layout/section-card.tsx';
import { t } from '../texts/texts.ts';
import { FactorCard } from './factor-card.tsx';
import { isLastProof } from './factors.ts';
import { useAuthenticators, useMe } from './queries.ts';
import { RemoveDialog } from './remove-dialog.tsx';
import { TestPush } from './test-push.tsx';
import { useAct } from './use-act.ts';
import { VerificationKey } from './verification-key.tsx';

/** The phone, its health, a test, replacing and removing it. */
export function PushCard({ factors }: { factors: MyFactors }) {
  const me = useMe();
  const phones = useAuthenticators();
  const active = phones.data?.filter(({ state }) => state === 'active') ?? [];
  return (
    <FactorCard title={t.push.title} text={t.push.text} on={active.length > 0}>
      <Loaded query={me}>
        {(person) => (
          <Loaded query={phones}>{() => <MobilePush me={person} factors={factors} active={active} />}</Loaded>
        )}
      </Loaded>
    </FactorCard>
  );
}

function MobilePush({ me, factors, active }: { me: Me; factors: MyFactors; active: Authenticator[] }) {
  const last = isLastProof(factors);
  const mayEnrol = factors.allowed.includes('push');
  if (!mayEnrol && active.length === 0) return <Text>{t.push.disabled}</Text>;
  return (
    <Stack gap="md">
      {!me.push_enabled && (
        <Alert color="yellow" variant="light">
          {t.push.off}
        </Alert>
      )}
      {active.map((phone) => (
        <Phone key={phone.id} me={me} phone={phone} last={last}>
          {mayEnrol && active.length === 1 && <ActivateLink>{t.push.replace}</ActivateLink>}
        </Phone>
      ))}
      {mayEnrol && active.length !== 1 && (
        <Group>
          <ActivateLink main={active.length === 0}>
            {active.length > 0 ? t.push.replace : t.push.enroll}
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
function Phone({
  me,
  phone,
  last,
  children,
}: {
  me: Me;
  phone: Authenticator;
  last: boolean;
  children: ReactNode;
}) {
  const { act, problem } = useAct();
  const [asking, setAsking] = useState(false);
  const remove = () => {
    setAsking(false);
    void act(() => call('DELETE', `/api/v1/me/authenticators/${phone.id}`));
  };
  return (
    <Stack gap="xs">
      <Text fw={650} fz="lg">
        {phone.device.name}
      </Text>
      <Text c="dimmed">{t.push.since(whenText(phone.created_at), whenText(phone.last_seen_at))}</Text>
      {phone.push === 'ok' ? (
        <Text c="var(--cs-success)">{t.push.reached}</Text>
      ) : (
        <Alert color="yellow" variant="light" title={t.push.notReached}>
          {phone.push === 'none' ? t.push.notAllowed : t.push.unknown}
        </Alert>
      )}
      <VerificationKey me={me} phone={phone} />
      <ProblemAlert text={problem} />
      <TestPush phone={phone}>
        {children}
        <Button variant="subtle" color="red" onClick={() => setAsking(true)}>
          {t.security.remove}
        </Button>
      </TestPush>
      <RemoveDialog
        opened={asking}
        title={t.push.removeTitle}
        text={t.push.removeText(phone.device.name)}
        action={t.push.removePhone}
        last={last}
        onCancel={() => setAsking(false)}
        onRemove={remove}
      />
    </Stack>
  );
}
