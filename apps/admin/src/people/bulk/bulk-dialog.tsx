import { Button, Group, Modal, Progress, Stack, Text } from '@mantine/core';
import type { Named } from '@countersign/protocol/wire';
import { useQuery } from '@tanstack/react-query';
import { useBlocker } from '@tanstack/react-router';
import { useState } from 'react';
import { ConfirmDialog } from '../../layout/confirm-dialog.tsx';
import { DangerButton } from '../../layout/danger-button.tsx';
import { useSession } from '../../session/session.ts';
import { explain } from '../../server/explain.ts';
import { settingsQuery } from '../../settings/settings-query.ts';
import { countOfPeople, type BulkAct } from './acts.ts';
import { BulkResult } from './bulk-result.tsx';
import styles from './bulk.module.css';
import { OneGroupPicker } from './one-group-picker.tsx';
import { ended, type Done, type Person } from './run.ts';
import { useBulk } from './use-bulk.ts';

/** Asks, does it, tells how far it has come, and then what became of whom. */
export function BulkDialog(props: {
  act: BulkAct;
  people: readonly Person[];
  /** `isDone`: something was done. */
  onClose: (isDone: boolean) => void;
}) {
  const { act, people, onClose } = props;
  const { user } = useSession();
  const [group, setGroup] = useState<Named | null>(null);
  const forth = useBulk();
  const back = useBulk();
  const current = back.run ? back : forth;
  const { run, going } = current;
  const leaving = useBlocker({
    shouldBlockFn: () => going,
    enableBeforeUnload: () => going,
    withResolver: true,
  });

  const others = act.notMyself ? people.filter(({ id }) => id !== user.id) : people;
  const title = act.title(countOfPeople(others.length), group?.name ?? 'a group');
  const doTo = (person: Person) => act.run(person, group);
  const takeBack = async ({ id }: Person): Promise<Done> => {
    await forth.run!.undos.find(({ person }) => person.id === id)!.undo();
    return { changed: true };
  };
  const close = () => {
    if (!going) onClose(forth.run !== undefined);
  };

  return (
    <Modal
      opened
      onClose={close}
      title={back.run ? `Undo: ${title}` : title}
      centered
      closeOnClickOutside={!run}
      closeOnEscape={!going}
      withCloseButton={!going}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack gap="md">
        {!run && (
          <Question
            act={act}
            title={title}
            count={others.length}
            leavesOut={others.length < people.length}
            group={group}
            onGroup={setGroup}
            onCancel={close}
            onConfirm={() => void forth.start(others, doTo)}
          />
        )}
        {run && going && (
          <>
            <Progress value={(ended(run) / Math.max(1, run.total)) * 100} aria-label={title} />
            <Text>
              {ended(run).toLocaleString('en')} of {run.total.toLocaleString('en')}. Leaving this page stops
              it.
            </Text>
            <Group justify="flex-end">
              <Button variant="default" onClick={current.stop} data-autofocus>
                Stop
              </Button>
            </Group>
          </>
        )}
        {run && !going && (
          <BulkResult
            run={run}
            done={back.run ? ['is as before', 'are as before'] : act.done}
            unchanged={act.unchanged}
            whyOf={(error) => explain(error).sentence}
          >
            {run.rest.length > 0 && (
              <Button variant="default" onClick={() => void current.resume(back.run ? takeBack : doTo)}>
                Go on
              </Button>
            )}
            {!back.run && run.undos.length > 0 && (
              <Button
                variant="default"
                onClick={() =>
                  void back.start(
                    run.undos.map(({ person }) => person),
                    takeBack,
                  )
                }
              >
                Undo
              </Button>
            )}
            <Button onClick={close}>Close</Button>
          </BulkResult>
        )}
      </Stack>
      <ConfirmDialog
        opened={leaving.status === 'blocked'}
        title="Stop and leave?"
        act="Stop and leave"
        cancel="Stay"
        onConfirm={() => {
          current.stop();
          leaving.proceed?.();
        }}
        onClose={() => leaving.reset?.()}
      >
        Not everybody was reached yet. What is done stays done.
      </ConfirmDialog>
    </Modal>
  );
}

function Question(props: {
  act: BulkAct;
  title: string;
  count: number;
  leavesOut: boolean;
  group: Named | null;
  onGroup: (group: Named | null) => void;
  onCancel: () => void;
  onConfirm: () => void;
}) {
  const { act, title, count, leavesOut, group, onGroup, onCancel, onConfirm } = props;
  const days = useQuery(settingsQuery).data?.people.deletion_days;
  const later = days === undefined ? 'later' : days === 1 ? 'in a day' : `in ${days} days`;
  const confirm = { onClick: onConfirm, disabled: count === 0 || (act.needsGroup && group === null) };
  return (
    <>
      {act.needsGroup && <OneGroupPicker chosen={group} onChoose={onGroup} />}
      <Text className={styles.question}>{act.question(later, group?.name ?? 'the group')}</Text>
      {leavesOut && <Text>You are among those who are chosen, and are left out.</Text>}
      <Group justify="flex-end">
        <Button variant="default" onClick={onCancel} data-autofocus={act.needsGroup ? undefined : true}>
          Cancel
        </Button>
        {act.destructive ? (
          <DangerButton {...confirm}>{title}</DangerButton>
        ) : (
          <Button {...confirm}>{title}</Button>
        )}
      </Group>
    </>
  );
}
