import { Button, Group, NumberInput, Radio, Stack } from '@mantine/core';
import type { Application } from '@countersign/protocol/wire';
import { useState, type FormEvent } from 'react';
import { Failure } from '../layout/failure.tsx';
import { Section } from '../layout/section.tsx';
import { changeApplication } from '../server/admin-api.ts';
import { lengthInWords } from './access-words.ts';
import { useApplicationChange } from './use-application-change.ts';

const [least, most] = [5, 10_080]; // minutes

/** How old a sign-in may be that it relies on. */
export function SessionSection({ application }: { application: Application }) {
  const [limited, setLimited] = useState(application.session_minutes !== null);
  const [minutes, setMinutes] = useState<number | string>(application.session_minutes ?? 60);
  const save = useApplicationChange(
    (session_minutes: number | null) => changeApplication(application, { session_minutes }),
    'The session length was saved.',
  );
  const isLength = Number.isInteger(minutes) && Number(minutes) >= least && Number(minutes) <= most;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (limited && !isLength) return document.getElementById('session-minutes')?.focus();
    save.mutate(limited ? Number(minutes) : null);
  };
  return (
    <Section
      title="Session length"
      lead="How long a sign-in is enough for this application. Afterwards it asks people to confirm that it is them."
    >
      {save.error && <Failure error={save.error} what="The session length was not saved." />}
      <form onSubmit={submit} noValidate>
        <Stack gap="lg">
          <Radio.Group
            aria-label="Session length"
            value={limited ? 'limited' : 'session'}
            onChange={(value) => setLimited(value === 'limited')}
          >
            <Stack gap="sm">
              <Radio
                value="session"
                label="As long as they are signed in"
                description="Nothing is asked again while the session of the User Portal lasts."
              />
              <Radio
                value="limited"
                label="A length of its own"
                description="What the application was given for them ends then, too. How long it keeps its own session, it decides itself."
              />
            </Stack>
          </Radio.Group>
          {limited && (
            <NumberInput
              id="session-minutes"
              label="Length in minutes"
              description={isLength ? `That is ${lengthInWords(Number(minutes))}.` : undefined}
              error={isLength ? undefined : 'Give a whole number from 5 to 10080, which is a week.'}
              value={minutes}
              onChange={setMinutes}
              min={least}
              max={most}
              step={5}
              clampBehavior="none"
              maw="14rem"
              required
            />
          )}
          <Group>
            <Button type="submit" loading={save.isPending} aria-label="Save the session length">
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
