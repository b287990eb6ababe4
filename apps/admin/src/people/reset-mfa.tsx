import { List, Text } from '@mantine/core';
import type { ResetMfaResult, UserDetail } from '@countersign/protocol/wire';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { resetMfa } from '../server/admin-api.ts';
import { ActRow } from './act-row.tsx';
import { EnrollmentCodeDialog } from './enrollment-code-dialog.tsx';

/** Somebody lost their phone: everything that could approve is taken away, and a code lets them set up a new one. */
export function ResetMfa({ person }: { person: UserDetail }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [issued, setIssued] = useState<ResetMfaResult>();
  const reset = useMutation({
    mutationFn: () => resetMfa(person.id),
    onSuccess: (result) => {
      setAsking(false);
      setIssued(result);
      void client.invalidateQueries({ queryKey: ['person', person.id] });
      void client.invalidateQueries({ queryKey: ['people'] });
    },
    // The code is on the screen once; it is kept nowhere.
    gcTime: 0,
  });
  return (
    <>
      <ActRow
        title="Reset MFA"
        text="For somebody who lost their phone: removes it, and gives you a one-time code with which they set up a new one."
        label="Reset MFA…"
        destructive
        onAct={() => {
          reset.reset();
          setAsking(true);
        }}
      />
      <ConfirmDialog
        opened={asking}
        title={`Reset MFA of ${person.name}?`}
        act="Reset MFA"
        busy={reset.isPending}
        error={reset.error}
        onConfirm={() => reset.mutate()}
        onClose={() => setAsking(false)}
      >
        <Text mb="xs">Make sure that it is really {person.name} who asks. Then, at once:</Text>
        <List spacing={4}>
          <List.Item>every phone of theirs is removed and can approve nothing more,</List.Item>
          <List.Item>they are signed out everywhere,</List.Item>
          <List.Item>
            you get a one-time enrolment code. Without it they cannot set up a phone: the password alone is
            not enough.
          </List.Item>
        </List>
      </ConfirmDialog>
      <EnrollmentCodeDialog person={person} issued={issued} onClose={() => setIssued(undefined)} />
    </>
  );
}
