import { call, inWords } from '@countersign/ui/api';
import { Alert, Button, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { Me } from '@countersign/protocol/wire';
import { useState, type FormEvent } from 'react';
import { useChosenLanguage } from '../display/language.ts';
import { Loaded, SectionCard } from '../layout/section-card.tsx';
import { PageTitle } from '../layout/page-title.tsx';
import { meKey, useMe } from '../security/queries.ts';
import { languageTags } from '../texts/load.ts';
import { t } from '../texts/texts.ts';
import { useChooseLanguage } from './language-of-person.ts';

/** What a person may change of how they are called and spoken to. */
export function ProfilePage() {
  const me = useMe();
  return (
    <>
      <PageTitle>{t.profile.title}</PageTitle>
      <Stack gap="lg">
        <SectionCard title={t.profile.name} text={t.profile.nameText}>
          <Loaded query={me}>{(data) => <NameForm me={data} />}</Loaded>
        </SectionCard>
        <SectionCard title={t.profile.language} text={t.profile.languageText}>
          <LanguageChoice />
        </SectionCard>
      </Stack>
    </>
  );
}

function NameForm({ me }: { me: Me }) {
  const [name, setName] = useState(me.name);
  const [state, setState] = useState<'idle' | 'busy' | 'saved' | { problem: string }>('idle');
  const queries = useQueryClient();
  const empty = name.trim() === '';

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (empty) return;
    setState('busy');
    try {
      queries.setQueryData(meKey, await call<Me>('PATCH', '/api/v1/me', { name }));
      await queries.invalidateQueries({ queryKey: ['session'] });
      setState('saved');
    } catch (error) {
      setState({ problem: inWords(error) });
    }
  };

  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack maw={400}>
        <TextInput
          label={t.profile.name}
          autoComplete="name"
          maxLength={100}
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value);
            setState('idle');
          }}
          error={empty && t.profile.nameMissing}
        />
        <TextInput label={t.profile.login} value={me.login} readOnly variant="filled" />
        <TextInput
          label={t.profile.email}
          description={t.profile.byAdministrator}
          value={me.email}
          readOnly
          variant="filled"
        />
        {state === 'saved' && (
          <Alert color="green" variant="light" role="status">
            {t.profile.saved}
          </Alert>
        )}
        {typeof state === 'object' && (
          <Alert color="red" variant="light" role="alert">
            {state.problem}
          </Alert>
        )}
        <Group>
          <Button type="submit" loading={state === 'busy'} disabled={empty || name === me.name}>
            {t.profile.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Stands for the device's own language. */
const device = 'device';

/** Holds at once. */
function LanguageChoice() {
  const chosen = useChosenLanguage();
  const { choose, problem } = useChooseLanguage();
  const data = [
    { value: device, label: t.profile.languageDevice },
    ...languageTags.map((tag) => ({ value: tag, label: nameOfLanguage(tag) })),
  ];
  return (
    <>
      <NativeSelect
        maw={400}
        label={t.profile.language}
        data={data}
        value={chosen ?? device}
        onChange={({ currentTarget: { value } }) => void choose(value === device ? undefined : value)}
      />
      {problem && (
        <Alert color="red" variant="light" role="alert">
          {problem}
        </Alert>
      )}
    </>
  );
}

/** In itself, so that whoever speaks it finds it. */
const nameOfLanguage = (tag: string): string =>
  new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag;
