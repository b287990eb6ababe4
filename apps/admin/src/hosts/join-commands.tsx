import { Anchor, Text } from '@mantine/core';
import type { JoinToken, Named } from '@countersign/protocol/wire';
import { serverNow } from '@countersign/ui/api';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { Callout } from '../layout/callout.tsx';
import { Snippet } from '../layout/copyable.tsx';
import { Time } from '../layout/time.tsx';
import { listHosts } from '../server/admin-api.ts';

const looksEvery = 3000; // ms

/** What is typed on the machine, shown once, and whether it has joined by now. */
export function JoinCommands({ group, token }: { group: Named; token: JoinToken }) {
  return (
    <>
      <Text>
        Install the package <code>countersign-agent</code> on the machine. Then type this there:
      </Text>
      <div>
        <Text mb={6}>1. It joins {group.name}.</Text>
        <Snippet name="command that joins" code={`sudo ${token.command}`} wraps />
        <Text mt={10} mb={6}>
          It asks for the token:
        </Text>
        <Snippet name="join token" code={token.token} wraps />
      </div>
      <div>
        <Text mb={6}>
          2. Its logins ask for the second factor. Keep a session of root open until you have tried it.
        </Text>
        <Snippet name="command that switches it on" code="sudo pam-auth-update --enable countersign" wraps />
      </div>
      <Text size="sm" c="var(--cs-text-quiet)">
        The token is good for one machine, until <Time at={token.expires_at} precise />. It is not shown
        again; if it is lost, make another.
      </Text>
      <Arrival group={group} until={token.expires_at} />
    </>
  );
}

/** Watches the group until a machine has joined it, or nobody can by this token. */
function Arrival({ group, until }: { group: Named; until: string }) {
  const [since] = useState(serverNow);
  const client = useQueryClient();
  const { data: arrived } = useQuery({
    queryKey: ['hosts', 'arrival', group.id, since],
    queryFn: async () => {
      const { items } = await listHosts({ group_id: group.id });
      return items.find(({ joined_at }) => Date.parse(joined_at) >= since - looksEvery) ?? null;
    },
    refetchInterval: ({ state }) => (state.data || serverNow() > Date.parse(until) ? false : looksEvery),
  });
  const hasArrived = Boolean(arrived);
  useEffect(() => {
    if (!hasArrived) return;
    for (const queryKey of [['hosts'], ['host groups'], ['host group', group.id]])
      void client.invalidateQueries({ queryKey });
  }, [hasArrived]);
  return (
    <div role="status">
      {arrived ? (
        <Callout tone="success">
          <Anchor renderRoot={(link) => <Link to="/devices/$id" params={{ id: arrived.id }} {...link} />}>
            {arrived.name}
          </Anchor>{' '}
          has joined.
        </Callout>
      ) : (
        <Text size="sm" c="var(--cs-text-quiet)">
          Waiting for the machine …
        </Text>
      )}
    </div>
  );
}
