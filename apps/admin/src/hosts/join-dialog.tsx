import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { JoinToken, Named } from '@countersign/protocol/wire';
import { IconPlus } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Failure } from '../layout/failure.tsx';
import { makeJoinToken } from '../server/admin-api.ts';
import { may } from '../session/permissions.ts';
import { useSession } from '../session/session.ts';
import { HostGroupPicker } from './host-group-picker.tsx';
import { JoinCommands } from './join-commands.tsx';

/** Joins a host to `group`, or to one that is chosen; nothing for whoever may not. */
export function JoinButton({ group }: { group?: Named }) {
  const [opened, setOpened] = useState(false);
  const { user } = useSession();
  if (!may(user, 'write_settings')) return null;
  return (
    <>
      <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setOpened(true)}>
        Join a host
      </Button>
      {opened && <JoinDialog group={group} onClose={() => setOpened(false)} />}
    </>
  );
}

function JoinDialog({ group, onClose }: { group: Named | undefined; onClose: () => void }) {
  const [chosen, setChosen] = useState<Named | null>(group ?? null);
  const make = useMutation({ mutationFn: makeJoinToken });
  const made = chosen && make.data ? { group: chosen, token: make.data } : undefined;
  return (
    <Modal
      opened
      onClose={onClose}
      title={made ? `Join a host to ${made.group.name}` : 'Join a host'}
      size="lg"
      centered
      // A click beside it does not lose the token.
      withCloseButton={!made}
      closeOnClickOutside={!made}
      closeOnEscape={!made}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {made ? (
        <Made {...made} onClose={onClose} />
      ) : (
        <Choice
          group={chosen}
          onChoose={setChosen}
          busy={make.isPending}
          error={make.error}
          onMake={make.mutate}
          onClose={onClose}
        />
      )}
    </Modal>
  );
}

function Made({ group, token, onClose }: { group: Named; token: JoinToken; onClose: () => void }) {
  return (
    <Stack gap="md">
      <JoinCommands group={group} token={token} />
      <Group justify="flex-end">
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  );
}

function Choice(props: {
  group: Named | null;
  onChoose: (group: Named | null) => void;
  busy: boolean;
  error: unknown;
  onMake: (id: string) => void;
  onClose: () => void;
}) {
  const { group, onChoose, busy, error, onMake, onClose } = props;
  const [tried, setTried] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (group) onMake(group.id);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        {error !== null && <Failure error={error} what="No token was made." />}
        <Text>
          A token lets one machine join, once and within an hour. Its host group says who may log in there and
          what is asked; it can be changed later.
        </Text>
        <HostGroupPicker
          label="Host group"
          placeholder="Search for a host group"
          value={group?.id ?? null}
          onChange={onChoose}
          error={
            tried && !group
              ? 'Choose a host group. If there is none yet, add one under “Host groups”.'
              : undefined
          }
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={busy}>
            Make a token
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
