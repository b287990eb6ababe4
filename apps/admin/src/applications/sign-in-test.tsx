import { Button, Code, Stack, Text } from '@mantine/core';
import type { Application, SsoAttempt } from '@countersign/protocol/wire';
import { IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { Callout } from '../layout/callout.tsx';
import { Failure } from '../layout/failure.tsx';
import { Section } from '../layout/section.tsx';
import { Time } from '../layout/time.tsx';
import { listAttempts, listUnregisteredAttempts } from '../server/admin-api.ts';
import { adviceFor } from './attempt-words.ts';

const often = 2000; // ms

/** Opens the application in another tab, and shows what comes of it here. */
export function SignInTest({ application }: { application: Application }) {
  const { id, kind, url, name } = application;
  const own = useQuery({
    queryKey: ['attempts', id],
    queryFn: () => listAttempts(id),
    refetchInterval: often,
  });
  // Under a name that nobody registered: only what comes while this is open, for it may be any application.
  const strange = useQuery({
    queryKey: ['attempts', null],
    queryFn: listUnregisteredAttempts,
    refetchInterval: often,
  });
  const before = useRef<ReadonlySet<string>>(undefined);
  if (strange.data) before.current ??= new Set(strange.data.items.map((each) => each.id));
  const strangers = (strange.data?.items ?? []).filter((each) => !before.current?.has(each.id));
  const attempts = own.data?.items ?? [];
  return (
    <Section
      title="Try it"
      lead={`Sign in to ${name} in another tab. What happens is shown here within seconds, also why it fails.`}
    >
      <Stack gap="md">
        <div>
          <Button
            component="a"
            href={kind === 'saml' ? `/saml/apps/${id}/start` : url}
            target="_blank"
            rel="noreferrer"
            variant="default"
            rightSection={<IconExternalLink size={16} aria-hidden />}
          >
            Open {name} in another tab
          </Button>
        </div>
        {own.error && (
          <Failure error={own.error} what="The attempts could not be loaded." retry={own.refetch} />
        )}
        <Stack gap="sm" role="log" aria-label="Sign-ins">
          {strangers.map((attempt) => (
            <Attempt
              key={attempt.id}
              attempt={attempt}
              title="An application asked that is not registered."
            />
          ))}
          {attempts.map((attempt) => (
            <Attempt key={attempt.id} attempt={attempt} />
          ))}
          {own.data && attempts.length + strangers.length === 0 && (
            <Text c="var(--cs-text-quiet)">Nobody has tried yet.</Text>
          )}
        </Stack>
      </Stack>
    </Section>
  );
}

function Attempt({ attempt, title = 'A sign-in failed.' }: { attempt: SsoAttempt; title?: string }) {
  const { outcome, explanation, user, at, request_id } = attempt;
  if (outcome === 'signed_in')
    return (
      <Callout tone="success" title={user ? `${user.login} was signed in.` : 'Somebody was signed in.'}>
        <Text size="sm">
          <Time at={at} />
        </Text>
      </Callout>
    );
  const advice = adviceFor(outcome);
  return (
    <Callout tone="danger" title={title}>
      <Stack gap="xs">
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {explanation}
        </Text>
        {advice !== undefined && (
          <Text size="sm">
            <strong>What to do:</strong> {advice}
          </Text>
        )}
        <Text size="sm">
          <Time at={at} />
          {user && `, ${user.login}`}, <Code>{outcome}</Code>, in the log under{' '}
          <Code style={{ overflowWrap: 'anywhere' }}>{request_id}</Code>
        </Text>
      </Stack>
    </Callout>
  );
}
