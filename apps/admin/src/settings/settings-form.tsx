import { Button, Group, Modal, Text } from '@mantine/core';
import type { Settings } from '@countersign/protocol/wire';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useBlocker } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { Failure } from '../layout/failure.tsx';
import { useNotices } from '../layout/notice.tsx';
import { Section } from '../layout/section.tsx';
import { changeSettings } from '../server/admin-api.ts';
import { switchesPushOff, patchOf, problemsOf, shownValue, withChange, type Draft } from './draft.ts';
import { groups } from './fields.ts';
import { SettingField } from './setting-field.tsx';
import styles from './settings-form.module.css';
import { settingsQuery } from './settings-query.ts';

export function SettingsForm({ settings, writable }: { settings: Settings; writable: boolean }) {
  const client = useQueryClient();
  const { say, clear } = useNotices();
  const [draft, setDraft] = useState<Draft>({});
  const [warning, setWarning] = useState(false);
  const count = Object.keys(draft).length;
  const problems = problemsOf(settings, draft);
  const willRequire = draft['mfa.required'] ?? settings.mfa.required;
  const valid = Object.keys(problems).length === 0;

  const save = useMutation({
    mutationFn: changeSettings,
    onSuccess: (saved) => {
      client.setQueryData(settingsQuery.queryKey, saved);
      // The name in the corner, and whether push is on for those who follow the organisation.
      for (const key of ['discovery', 'people', 'person', 'events']) {
        void client.invalidateQueries({ queryKey: [key] });
      }
      setDraft({});
      setWarning(false);
      say('The settings were saved.');
    },
    onError: () => setWarning(false),
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (count === 0 || !valid) return;
    if (switchesPushOff(settings, draft)) return setWarning(true);
    save.mutate(patchOf(draft));
  };

  return (
    <form onSubmit={submit} noValidate>
      {groups.map((group) => (
        <Section key={group.title} title={group.title} lead={group.lead}>
          {group.fields.map((field) => (
            <SettingField
              key={field.path}
              field={field}
              value={shownValue(settings, draft, field)}
              error={problems[field.path]}
              readOnly={!writable}
              onChange={(value) => {
                clear();
                setDraft((before) => withChange(settings, before, field, value));
              }}
            />
          ))}
        </Section>
      ))}
      {save.error && <Failure error={save.error} what="The settings were not saved." />}
      {count > 0 && (
        <div className={styles.bar}>
          <Text role="status">
            {valid
              ? `${count} ${count === 1 ? 'change is' : 'changes are'} not saved yet`
              : 'Something above is not right yet'}
          </Text>
          <Group gap="sm">
            <Button variant="default" onClick={() => setDraft({})} disabled={save.isPending}>
              Discard
            </Button>
            <Button type="submit" loading={save.isPending} disabled={!valid}>
              Save changes
            </Button>
          </Group>
        </div>
      )}
      <ConfirmDialog
        opened={warning}
        title="People would not be able to sign in"
        act="Switch push off"
        cancel="Keep it on"
        busy={save.isPending}
        onConfirm={() => save.mutate(patchOf(draft))}
        onClose={() => setWarning(false)}
      >
        <Text>
          The phone is the only second factor that there is. With mobile push off, everybody who has set up a
          phone can no longer sign in, with the password alone neither, unless push is set to on for them on
          their own page. That goes for you, too, once you are signed out of here.
        </Text>
        {willRequire && (
          <Text mt="sm">
            And whoever has none yet cannot set one up, although a second factor is required.
          </Text>
        )}
      </ConfirmDialog>
      <Unsaved dirty={count > 0} />
    </form>
  );
}

/** Asks before unsaved changes are left behind. */
function Unsaved({ dirty }: { dirty: boolean }) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: () => dirty,
    enableBeforeUnload: dirty,
    withResolver: true,
  });
  return (
    <Modal opened={status === 'blocked'} onClose={() => reset?.()} title="Leave without saving?" centered>
      <Text>Your changes to the settings are not saved, and would be lost.</Text>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={() => proceed?.()}>
          Leave without saving
        </Button>
        <Button onClick={() => reset?.()} data-autofocus>
          Stay here
        </Button>
      </Group>
    </Modal>
  );
}
