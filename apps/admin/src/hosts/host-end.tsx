import { Text } from '@mantine/core';
import type { HostDetail } from '@countersign/protocol/wire';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { DangerButton } from '../layout/danger-button.tsx';
import { useNotices } from '../layout/notice.tsx';
import { Section } from '../layout/section.tsx';
import { useSaved } from '../layout/use-saved.ts';
import { removeHost, revokeHost } from '../server/admin-api.ts';

/** First its key goes, and then what is known of it. */
export const HostEnd = ({ host }: { host: HostDetail }) =>
  host.state === 'active' ? <Revocation host={host} /> : <Removal host={host} />;

function Revocation({ host }: { host: HostDetail }) {
  const [asking, setAsking] = useState(false);
  const revoke = useSaved('host', () => revokeHost(host.id), `${host.name} is revoked.`);
  return (
    <Section
      title="Revoke it"
      lead="For a machine that is lost, given away or no longer trusted. Logins that wait there end at once."
    >
      <DangerButton asks onClick={() => setAsking(true)}>
        Revoke host
      </DangerButton>
      <ConfirmDialog
        opened={asking}
        title={`Revoke ${host.name}?`}
        act={`Revoke ${host.name}`}
        busy={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoke.mutate(undefined, { onSuccess: () => setAsking(false) })}
        onClose={() => setAsking(false)}
      >
        <Text mb="sm">
          From now on nobody logs in on it where it asks this server, not even you. Make sure that there is
          another way to the machine.
        </Text>
        <Text mb="sm">
          If it is cut off just now, it hears of this when it is back, and may take offline codes until then,
          for 7 days at most.
        </Text>
        <Text>This cannot be taken back: the machine can only join anew, with a new token.</Text>
      </ConfirmDialog>
    </Section>
  );
}

function Removal({ host }: { host: HostDetail }) {
  const [asking, setAsking] = useState(false);
  const navigate = useNavigate();
  const client = useQueryClient();
  const { say } = useNotices();
  const remove = useMutation({
    mutationFn: () => removeHost(host.id),
    onSuccess: async () => {
      void client.invalidateQueries({ queryKey: ['hosts'] });
      say(`${host.name} was removed.`, '/devices');
      await navigate({ to: '/devices' });
    },
  });
  return (
    <Section title="Remove it">
      <DangerButton asks onClick={() => setAsking(true)}>
        Remove host
      </DangerButton>
      <ConfirmDialog
        opened={asking}
        title={`Remove ${host.name}?`}
        act={`Remove ${host.name}`}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={() => setAsking(false)}
      >
        It disappears from the list, with its logins. The events stay. This cannot be undone.
      </ConfirmDialog>
    </Section>
  );
}
