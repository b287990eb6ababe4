import { Text } from '@mantine/core';
import type { UserDetail } from '@countersign/protocol/wire';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { useNotices } from '../layout/notice.tsx';
import { deletePerson } from '../server/admin-api.ts';
import { settingsQuery } from '../settings/settings-query.ts';
import { ActRow } from './act-row.tsx';
import { usePersonAct } from './person-query.ts';

/** Somebody has left: suspended now, gone later. */
export function DeletePerson({ person }: { person: UserDetail }) {
  const { say } = useNotices();
  const [asking, setAsking] = useState(false);
  const days = useQuery(settingsQuery).data?.people.deletion_days;
  const later = days === undefined ? 'later' : days === 1 ? 'in a day' : `in ${days} days`;
  const remove = usePersonAct(
    () => deletePerson(person.id),
    ({ name }) => {
      setAsking(false);
      say(`${name} is deleted. It can be undone until they are gone for good, ${later}.`);
    },
  );
  return (
    <>
      <ActRow
        title="Delete"
        text={`Suspends them at once, and removes everything of theirs ${later}. Until then it can be undone.`}
        label="Delete…"
        destructive
        onAct={() => {
          remove.reset();
          setAsking(true);
        }}
      />
      <ConfirmDialog
        opened={asking}
        title={`Delete ${person.name}?`}
        act={`Delete ${person.name}`}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={() => setAsking(false)}
      >
        <Text>
          They are signed out everywhere and cannot sign in. What is theirs (phones, other sign-in methods,
          groups, accounts on hosts) is gone {later}; the event log keeps what they did. Until then their
          login name and e-mail address stay theirs, and the deletion can be undone here.
        </Text>
      </ConfirmDialog>
    </>
  );
}
