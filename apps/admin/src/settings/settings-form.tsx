import { Button, Group, Text } from '@mantine/core';
import type { SettingsPatch, TaggedSettings } from '@countersign/protocol/wire';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { useEditing } from '../layout/edited.tsx';
import { Failure } from '../layout/failure.tsx';
import { useNotices } from '../layout/notice.tsx';
import { Section } from '../layout/section.tsx';
import { Unsaved } from '../layout/unsaved.tsx';
import { changeSettings } from '../server/admin-api.ts';
import {
  switchesPushOff,
  patchOf,
  problemsOf,
  savedValue,
  shownValue,
  withChange,
  type Draft,
} from './draft.ts';
import { groups, type Field } from './fields.ts';
import { controlId, SettingField } from './setting-field.tsx';
import styles from './settings-form.module.css';
import { settingsQuery } from './settings-query.ts';

export function SettingsForm({ settings, writable }: { settings: TaggedSettings; writable: boolean }) {
  const client = useQueryClient();
  const { say, clear } = useNotices();
  const { saved: isSaved } = useEditing();
  const [draft, setDraft] = useState<Draft>({});
  const [warning, setWarning] = useState(false);
  const count = Object.keys(draft).length;
  const problems = problemsOf(settings, draft);
  const othersAllowed = ((draft['mfa.factors'] ?? settings.mfa.factors) as string[]).some(
    (kind) => kind === 'totp' || kind === 'passkey',
  );
  const willRequire = draft['mfa.required'] ?? settings.mfa.required;
  const wrong = groups.flatMap((group) => group.fields).find(({ path }) => problems[path]);

  const isShown = ({ onlyWith }: Field) =>
    onlyWith === undefined || (draft[onlyWith] ?? savedValue(settings, onlyWith)) === true;

  const save = useMutation({
    mutationFn: (patch: SettingsPatch) => changeSettings(settings, patch),
    onSuccess: (saved) => {
      isSaved();
      client.setQueryData(settingsQuery.queryKey, saved);
      // The name in the corner, and whether push is on for those who follow the organisation.
      for (const key of ['discovery', 'people', 'person', 'events', 'enrolment']) {
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
    if (wrong) return document.getElementById(controlId(wrong))?.focus();
    if (count === 0) return;
    if (switchesPushOff(settings, draft)) return setWarning(true);
    save.mutate(patchOf(draft));
  };

  return (
    <form onSubmit={submit} noValidate>
      {groups.map((group) => (
        <Section key={group.title} title={group.title} lead={group.lead}>
          {group.fields.filter(isShown).map((field) => (
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
            {wrong
              ? `“${wrong.label}” is not right yet`
              : `${count} ${count === 1 ? 'change is' : 'changes are'} not saved yet`}
          </Text>
          <Group gap="sm">
            <Button variant="default" onClick={() => setDraft({})} disabled={save.isPending}>
              Discard
            </Button>
            <Button type="submit" loading={save.isPending}>
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
          With mobile push off, whoever has no second factor but a phone cannot sign in any more, not even
          with the password alone. That may go for you, too, once you are signed out of here.
        </Text>
        {draft['push.enabled'] === false && (
          <Text mt="sm">Only those for whom push is set to on, on their own page, still can.</Text>
        )}
        {willRequire && !othersAllowed && (
          <Text mt="sm">Whoever has none yet cannot set one up, although a second factor is required.</Text>
        )}
      </ConfirmDialog>
      <Unsaved dirty={count > 0} what="settings" />
    </form>
  );
}
