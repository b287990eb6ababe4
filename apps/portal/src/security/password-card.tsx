import { call, inWords, isProblem, reasonsInWords } from '@countersign/ui/api';
import { StepUpCancelled, withStepUp } from '@countersign/ui/sign-in';
import { Alert, Button, Group, PasswordInput, Stack } from '@mantine/core';
import { useRef, useState, type FormEvent } from 'react';
import { NewPasswordField } from '../password/new-password-field.tsx';
import { SectionCard } from '../layout/section-card.tsx';
import { useSession } from '../session.ts';
import { t } from '../texts/texts.ts';

export function PasswordCard() {
  const [open, setOpen] = useState(false);
  const [changed, setChanged] = useState(false);
  return (
    <SectionCard title={t.password.title} text={t.password.text}>
      {changed && (
        <Alert color="green" variant="light" role="status">
          {t.password.changed}
        </Alert>
      )}
      {open ? (
        <PasswordChange
          onCancel={() => setOpen(false)}
          onChanged={() => {
            setOpen(false);
            setChanged(true);
          }}
        />
      ) : (
        <Group>
          <Button variant="default" onClick={() => setOpen(true)}>
            {t.password.change}
          </Button>
        </Group>
      )}
    </SectionCard>
  );
}

/** The form itself, also of the page that demands a new password. */
export function PasswordChange({ onCancel, onChanged }: { onCancel?: () => void; onChanged: () => void }) {
  const user = useSession().data?.user;
  const form = useRef<HTMLFormElement>(null);
  const [currentProblem, setCurrentProblem] = useState<string>();
  const [newProblem, setNewProblem] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const fields = new FormData(form.current!);
    const body = { current: fields.get('current'), new: fields.get('new') };
    setCurrentProblem(undefined);
    setNewProblem(undefined);
    setProblem(undefined);
    if (body.new !== fields.get('again')) return setNewProblem(t.password.differ);
    setBusy(true);
    try {
      await withStepUp(() => call('POST', '/api/v1/me/password', body));
      onChanged();
    } catch (error) {
      if (isProblem(error, 'invalid_credentials')) setCurrentProblem(t.password.wrong);
      else if (isProblem(error, 'weak_password')) setNewProblem(reasonsInWords(error));
      else if (!(error instanceof StepUpCancelled)) setProblem(inWords(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form ref={form} onSubmit={(event) => void submit(event)}>
      <Stack maw={400}>
        <PasswordInput
          name="current"
          label={t.password.present}
          autoComplete="current-password"
          required
          error={currentProblem}
        />
        <NewPasswordField
          name="new"
          known={user && [user.name, user.login, user.email]}
          label={t.password.next}
          error={newProblem}
        />
        <PasswordInput name="again" label={t.password.again} autoComplete="new-password" required />
        {problem && (
          <Alert color="red" variant="light" role="alert">
            {problem}
          </Alert>
        )}
        <Group>
          <Button type="submit" loading={busy}>
            {t.password.save}
          </Button>
          {onCancel && (
            <Button variant="subtle" onClick={onCancel}>
              {t.app.cancel}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
