import { Button, Group } from '@mantine/core';
import { IconCircleCheck, IconMail } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { ExportButton } from '../layout/export-button.tsx';
import { Failure } from '../layout/failure.tsx';
import { useNotices } from '../layout/notice.tsx';
import { Page } from '../layout/page.tsx';
import { ListView } from '../list/list-view.tsx';
import styles from '../list/list.module.css';
import { SearchBox } from '../list/search-box.tsx';
import { useList } from '../list/use-list.ts';
import { PeopleTabs } from '../people/people-tabs.tsx';
import { listWithoutFactor, readEnrollment, remindPeople, remindPerson } from '../server/admin-api.ts';
import { may } from '../session/permissions.ts';
import { useSession } from '../session/session.ts';
import { GroupFilter } from './group-filter.tsx';
import { Summary } from './summary.tsx';
import { WithoutTable } from './without-table.tsx';
import { counted } from './words.ts';

const route = getRouteApi('/room/people/enrolment');

export function EnrolmentPage() {
  const { q, group_id } = route.useSearch();
  const navigate = route.useNavigate();
  const { user } = useSession();
  const client = useQueryClient();
  const { say } = useNotices();
  const [asking, setAsking] = useState(false);
  const summary = useQuery({
    queryKey: ['enrolment', group_id ?? null],
    queryFn: () => readEnrollment(group_id),
  });
  const list = useList(['enrolment', 'people', group_id, q], (cursor) =>
    listWithoutFactor({ q, group_id }, cursor),
  );
  const refresh = () => void client.invalidateQueries({ queryKey: ['enrolment'] });
  const remindOne = useMutation({
    mutationFn: ({ id }: { id: string; name: string }) => remindPerson(id),
    onSuccess: (_nothing, { name }) => {
      refresh();
      say(`A reminder to ${name} is on its way.`);
    },
  });
  const remindAll = useMutation({
    mutationFn: () => remindPeople(group_id),
    onSuccess: () => {
      refresh();
      setAsking(false);
      say('The reminders are on their way.');
    },
  });
  const without = summary.data?.without_factor ?? 0;
  return (
    <Page
      title="Enrolment"
      lead="Who has a second factor, and who has not yet. Only people who are active count."
      action={
        <Group gap="sm">
          <ExportButton of="enrollment" query={group_id === undefined ? undefined : { group_id }} />
          {may(user, 'write_users') && without > 0 && (
            <Button
              leftSection={<IconMail size={18} aria-hidden />}
              disabled={summary.data?.reminding}
              onClick={() => {
                remindAll.reset();
                setAsking(true);
              }}
            >
              {summary.data?.reminding ? 'Reminders are being sent' : 'Remind all…'}
            </Button>
          )}
        </Group>
      }
    >
      <PeopleTabs />
      <search className={styles.tools}>
        <div className={styles.search}>
          <SearchBox
            label="Search people without a second factor"
            placeholder="Search by name, login name or e-mail"
            value={q ?? ''}
            onSearch={(words) =>
              void navigate({ search: (now) => ({ ...now, q: words.trim() || undefined }), replace: true })
            }
          />
        </div>
        <GroupFilter
          id={group_id}
          onChange={(id) => void navigate({ search: (now) => ({ ...now, group_id: id }), replace: true })}
        />
      </search>
      {summary.error && (
        <Failure error={summary.error} what="The numbers could not be loaded." retry={summary.refetch} />
      )}
      {summary.data && <Summary summary={summary.data} groupId={group_id} />}
      {remindOne.error && <Failure error={remindOne.error} what="No reminder was sent." />}
      <ListView
        query={list}
        noun={{ one: 'person', many: 'people' }}
        filtered={q !== undefined}
        empty={{
          icon: <IconCircleCheck aria-hidden />,
          title: 'Everybody has one',
          description: 'There is nobody active here without a second factor.',
        }}
      >
        {(items) => (
          <WithoutTable
            people={items}
            busy={remindOne.isPending ? remindOne.variables.id : undefined}
            onRemind={may(user, 'help') ? (person) => remindOne.mutate(person) : undefined}
          />
        )}
      </ListView>
      <ConfirmDialog
        opened={asking}
        title={`Remind ${counted(without)}?`}
        act="Send reminders"
        busy={remindAll.isPending}
        error={remindAll.error}
        onConfirm={() => remindAll.mutate()}
        onClose={() => setAsking(false)}
      >
        Everybody {group_id === undefined ? '' : 'in this group '}who has no second factor gets a mail that
        says so, in their language, with the address of the User Portal. Whoever was reminded within the last
        day is left out. Ten mails go out each second.
      </ConfirmDialog>
    </Page>
  );
}
