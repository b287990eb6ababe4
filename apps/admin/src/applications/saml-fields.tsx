import { Accordion, NativeSelect, Stack, Switch, TextInput } from '@mantine/core';
import type { SamlAttribute } from '@countersign/protocol/wire';
import { AttributesField } from './attributes-field.tsx';
import type { SamlDraft } from './saml-settings.ts';

const formats = [
  { value: 'persistent', label: 'A pseudonym of its own for each person (persistent)' },
  { value: 'emailAddress', label: 'The e-mail address' },
  { value: 'unspecified', label: 'Something else of the person (unspecified)' },
  { value: 'transient', label: 'Another one at each sign-in (transient)' },
];
const sources = [
  { value: 'login', label: 'Login name' },
  { value: 'email', label: 'E-mail address' },
  { value: 'id', label: 'Id, which never changes' },
];

/** What a service provider is told, and how. */
export function SamlFields(props: {
  draft: SamlDraft;
  onChange: (draft: SamlDraft) => void;
  problem: (member: string) => string | undefined;
}) {
  const { draft, onChange, problem } = props;
  const set = (change: Partial<SamlDraft>) => onChange({ ...draft, ...change });
  const setAttributes = (attributes: SamlAttribute[]) => set({ attributes });
  return (
    <Stack gap="lg">
      <NativeSelect
        label="It knows people by (NameID)"
        description="What its accounts are found by. Its documentation says which it wants."
        data={formats}
        value={draft.name_id_format}
        onChange={(event) =>
          set({ name_id_format: event.currentTarget.value as SamlDraft['name_id_format'] })
        }
        error={problem('name_id_format')}
      />
      {draft.name_id_format === 'unspecified' && (
        <NativeSelect
          label="The NameID holds"
          data={sources}
          value={draft.name_id_source}
          onChange={(event) =>
            set({ name_id_source: event.currentTarget.value as SamlDraft['name_id_source'] })
          }
        />
      )}
      <AttributesField attributes={draft.attributes} onChange={setAttributes} problem={problem} />
      <Accordion variant="contained">
        <Accordion.Item value="advanced">
          <Accordion.Control>Advanced</Accordion.Control>
          <Accordion.Panel>
            <Advanced draft={draft} set={set} problem={problem} />
          </Accordion.Panel>
        </Accordion.Item>
      </Accordion>
    </Stack>
  );
}

function Advanced(props: {
  draft: SamlDraft;
  set: (change: Partial<SamlDraft>) => void;
  problem: (member: string) => string | undefined;
}) {
  const { draft, set, problem } = props;
  return (
    <Stack gap="lg">
      <Switch
        label="The User Portal signs in to it by itself"
        description="Without this the User Portal opens its address, and the application asks."
        checked={draft.idp_initiated}
        onChange={(event) => set({ idp_initiated: event.currentTarget.checked })}
      />
      {draft.idp_initiated && (
        <TextInput
          label="Where in it (RelayState)"
          description="Sent along when the User Portal signs in to it. May be empty."
          value={draft.relay_state ?? ''}
          onChange={(event) => set({ relay_state: event.currentTarget.value || null })}
          error={problem('relay_state')}
          spellCheck={false}
        />
      )}
      <NativeSelect
        label="Signed is"
        data={[
          { value: 'both', label: 'Response and assertion (usual)' },
          { value: 'assertion', label: 'The assertion' },
          { value: 'response', label: 'The response' },
        ]}
        value={draft.sign}
        onChange={(event) => set({ sign: event.currentTarget.value as SamlDraft['sign'] })}
      />
      <NativeSelect
        label="Assertions are encrypted"
        description="For the application alone; its metadata need a certificate for it."
        data={[
          { value: 'none', label: 'Not: the connection is (usual)' },
          { value: 'aes256-gcm', label: 'AES-256-GCM' },
          { value: 'aes128-gcm', label: 'AES-128-GCM' },
          { value: 'aes256-cbc', label: 'AES-256-CBC, where it can do nothing else' },
          { value: 'aes128-cbc', label: 'AES-128-CBC, where it can do nothing else' },
        ]}
        value={draft.encrypt}
        onChange={(event) => set({ encrypt: event.currentTarget.value as SamlDraft['encrypt'] })}
        error={problem('encrypt')}
      />
      <Switch
        label="It has to sign its requests"
        description="Demanded also where its metadata promise nothing."
        checked={draft.require_signed_requests}
        onChange={(event) => set({ require_signed_requests: event.currentTarget.checked })}
      />
      <Switch
        label="Take digests by SHA-1 in its requests"
        description="Only for an application that can do nothing else."
        checked={draft.allow_sha1_digests}
        onChange={(event) => set({ allow_sha1_digests: event.currentTarget.checked })}
      />
    </Stack>
  );
}
