import { Stack } from '@mantine/core';
import type { UserDetail } from '@countersign/protocol/wire';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { RequirementForm } from '../enrolment/requirement-form.tsx';
import { requirementInWords, wasRemindedToday } from '../enrolment/words.ts';
import { Failure } from '../layout/failure.tsx';
import { useNotices } from '../layout/notice.tsx';
import { Section } from '../layout/section.tsx';
import { Time } from '../layout/time.tsx';
import { changePerson, remindPerson } from '../server/admin-api.ts';
import { may, mayTouch } from '../session/permissions.ts';
import { useSession } from '../session/session.ts';
import { ActRow } from './act-row.tsx';
import { personQuery, usePersonAct } from './person-query.ts';

/** Whether this person needs a second factor, and from when on. */
export function PersonEnrolment({ person }: { person: UserDetail }) {
  const { user: me } = useSession();
  const client = useQueryClient();
  const { say } = useNotices();
  const { has_factor, reminded_at, ...requirement } = person.enrollment;
  const save = usePersonAct(
    (mfa_required_from: string | null) => changePerson(person, { mfa_required_from }),
    () => {
      void client.invalidateQueries({ queryKey: ['enrolment'] });
      say('It was saved.');
    },
  );
  const remind = useMutation({
    mutationFn: () => remindPerson(person.id),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: personQuery(person.id).queryKey });
      void client.invalidateQueries({ queryKey: ['enrolment'] });
      say(`A reminder is on its way to ${person.email}.`);
    },
  });
  const mayRemind =
    !has_factor &&
    person.state === 'active' &&
    may(me, 'help') &&
    !wasRemindedToday(person.enrollment, Date.now());
  return (
    <Section
      title="Second factor"
      lead={
        <>
          {requirementInWords(requirement, Date.now())}, by the organisation, the groups or what is set here,
          whichever is earliest. {has_factor ? 'They have one.' : 'They have none yet.'}
          {!has_factor && reminded_at !== null && (
            <>
              {' '}
              The last reminder: <Time at={reminded_at} />.
            </>
          )}
        </>
      }
    >
      {remind.error && <Failure error={remind.error} what="No reminder was sent." />}
      <Stack gap="lg">
        {mayTouch(me, person) && may(me, 'write_users') && (
          <RequirementForm
            key={person.mfa_required_from}
            from={person.mfa_required_from}
            notRequired="Of this person by themselves. What the organisation and their groups require holds all the same."
            busy={save.isPending}
            error={save.error}
            onSave={save.mutate}
          />
        )}
        {mayRemind && (
          <ActRow
            title="Remind"
            text="Mails them to set one up, at most once a day."
            label="Send a reminder"
            busy={remind.isPending}
            onAct={() => remind.mutate()}
          />
        )}
      </Stack>
    </Section>
  );
}
