import { Button, Group, MultiSelect, Stack, TextInput } from '@mantine/core';
import type { CreateWebhook } from '@countersign/protocol/wire';
import { useState, type FormEvent, type ReactNode } from 'react';
import { typeChoices } from '../events/words.ts';
import { Failure } from '../layout/failure.tsx';
import { explain } from '../server/explain.ts';

const choices = [{ group: 'Everything', items: [{ value: '*', label: 'Every event' }] }, ...typeChoices];

/** Where to, and of what, new or not. */
export function WebhookForm(props: {
  saved?: CreateWebhook;
  act: string;
  busy: boolean;
  error: unknown;
  onSubmit: (webhook: CreateWebhook) => void;
  children?: ReactNode;
}) {
  const { saved, act, busy, error, onSubmit, children } = props;
  const [url, setUrl] = useState(saved?.url ?? '');
  const [types, setTypes] = useState(saved?.types ?? []);
  const [tried, setTried] = useState(false);
  const fields = error ? explain(error).fields : {};
  const ofUrl = url.startsWith('https://') ? undefined : 'Give an address that begins with https://';
  const ofTypes = types.length === 0 ? 'Choose at least one type of event.' : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (ofUrl && url !== saved?.url) return document.getElementById('webhook-url')?.focus();
    if (ofTypes) return document.getElementById('webhook-types')?.focus();
    onSubmit({ url: url.trim(), types });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="lg">
        {error !== null && error !== undefined && <Failure error={error} what="The webhook was not saved." />}
        <TextInput
          id="webhook-url"
          type="url"
          label="Address"
          description="A web server of yours that is reached from the internet. It gets a POST for each event."
          placeholder="https://"
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
          error={fields['url'] ?? (tried && url !== saved?.url ? ofUrl : undefined)}
          maxLength={2000}
          autoComplete="off"
          data-autofocus
          required
        />
        <MultiSelect
          id="webhook-types"
          label="Events"
          placeholder={types.length === 0 ? 'Search for a type' : undefined}
          data={choices}
          value={types}
          onChange={setTypes}
          error={fields['types'] ?? (tried ? ofTypes : undefined)}
          searchable
          hidePickedOptions
          maxValues={50}
          nothingFoundMessage="No such type"
          required
        />
        <Group>
          <Button type="submit" loading={busy}>
            {act}
          </Button>
          {children}
        </Group>
      </Stack>
    </form>
  );
}
