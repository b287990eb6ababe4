import { Button, Radio, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { Failure } from '../layout/failure.tsx';
import { localTime, timeOfLocal } from '../layout/local-time.ts';

/** Two weeks, from the beginning of a day: time for every reminder. */
function proposed(): string {
  const date = new Date();
  date.setDate(date.getDate() + 14);
  date.setHours(0, 0, 0, 0);
  return localTime(date.getTime());
}

/** Whether a group, or one person, needs a second factor beside what else is required, and from when on. */
export function RequirementForm(props: {
  /** Of the group or the person, as it is saved. */
  from: string | null;
  notRequired: string;
  busy: boolean;
  error: unknown;
  onSave: (from: string | null) => void;
}) {
  const { from, notRequired, busy, error, onSave } = props;
  const [required, setRequired] = useState(from !== null);
  const [at, setAt] = useState(from === null ? proposed : () => localTime(Date.parse(from)));
  const [tried, setTried] = useState(false);
  const time = timeOfLocal(at);
  const chosen = required && time !== null ? new Date(time).toISOString() : null;
  const isSaved = required ? from !== null && at === localTime(Date.parse(from)) : from === null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (required && time === null) return document.getElementById('required-from')?.focus();
    onSave(chosen);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md" align="flex-start">
        {Boolean(error) && <Failure error={error} what="It was not saved." />}
        <Radio.Group
          aria-label="Second factor"
          value={required ? 'required' : 'not'}
          onChange={(value) => setRequired(value === 'required')}
        >
          <Stack gap="sm">
            <Radio value="not" label="Nothing more is required" description={notRequired} />
            <Radio
              value="required"
              label="A second factor is required"
              description="Until then people are told at sign-in and by mail. From then on nobody signs in without one."
            />
          </Stack>
        </Radio.Group>
        {required && (
          <TextInput
            id="required-from"
            type="datetime-local"
            label="From"
            description="In your time zone. A time that has passed means at once."
            value={at}
            onChange={(event) => setAt(event.currentTarget.value)}
            error={tried && time === null ? 'Give a date and a time.' : undefined}
            required
          />
        )}
        {!isSaved && (
          <Button type="submit" loading={busy}>
            Save
          </Button>
        )}
      </Stack>
    </form>
  );
}
