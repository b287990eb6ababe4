import { Text } from '@mantine/core';
import type { HostGroup } from '@countersign/protocol/wire';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { DangerButton } from '../layout/danger-button.tsx';
import { useNotices } from '../layout/notice.tsx';
import { Section } from '../layout/section.tsx';
import { removeHostGroup } from '../server/admin-api.ts';

export function HostGroupRemoval({ group }: { group: HostGroup }) {
  const [asking, setAsking] = useState(false);
  const navigate = useNavigate();
  const client = useQueryClient();
  const { say } = useNotices();
  const remove = useMutation({
    mutationFn: () => removeHostGroup(group.id),
    onSuccess: async () => {
      for (const name of ['host groups', 'hosts']) void client.invalidateQueries({ queryKey: [name] });
      say(`${group.name} was removed.`, '/devices/groups');
      await navigate({ to: '/devices/groups' });
    },
  });
  if (group.host_count > 0) {
    return (
      <Section title="Remove it">
        <Text c="var(--cs-text-quiet)">
          There are hosts in it. Move them to another group or revoke them first.
        </Text>
      </Section>
    );
  }
  return (
    <Section title="Remove it">
      <DangerButton asks onClick={() => setAsking(true)}>
        Remove host group
      </DangerButton>
      <ConfirmDialog
        opened={asking}
        title={`Remove ${group.name}?`}
        act={`Remove ${group.name}`}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={() => setAsking(false)}
      >
        What it says of logins and local users goes, and so do its revoked hosts. A token that was made for it
        is good no longer. The people stay. This cannot be undone.
      </ConfirmDialog>
    </Section>
  );
}
