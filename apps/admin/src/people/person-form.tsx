import { Button, Group, Radio, Select, Stack, Text, TextInput } from '@mantine/core';
import type { PatchUser, Role, UserDetail } from '@countersign/protocol/wire';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Failure } from '../layout/failure.tsx';
import { useNotices } from '../layout/notice.tsx';
import { Section } from '../layout/section.tsx';
import { changePerson } from '../server/admin-api.ts';
import { explain } from '../server/explain.ts';
import { mayGrant } from '../session/permissions.ts';
import { useSession } from '../session/session.ts';
import { settingsQuery } from '../settings/settings-query.ts';
import { checkEmail, checkName } from './fields.ts';
import { usePersonAct } from './person-query.ts';
import { roleMeanings, roleNames, roles } from './words.ts';

const pushWays = { organization: null, on: true, off: false };
type PushWay = keyof typeof pushWays;
const pushWayOf = (override: boolean | null): PushWay =>
  override === null ? 'organization' : override ? 'on' : 'off';

export function PersonForm({ person }: { person: UserDetail }) {
  const { user: me } = useSession();
  const { say } = useNotices();
  const organizationHasPush = useQuery(settingsQuery).data?.push.enabled;
  const [name, setName] = useState(person.name);
  const [email, setEmail] = useState(person.email);
  const [role, setRole] = useState<Role>(person.role);
  const [push, setPush] = useState<PushWay>(pushWayOf(person.push.override));

  const save = usePersonAct(
    (patch: PatchUser) => changePerson(person, patch),
    (saved) => say(`${saved.name} was saved.`),
  );
  const patch: PatchUser = {
    ...(name.trim() === person.name ? {} : { name: name.trim() }),
    ...(email.trim() === person.email ? {} : { email: email.trim() }),
    ...(role === person.role ? {} : { role }),
    ...(pushWays[push] === person.push.override ? {} : { push_enabled: pushWays[push] }),
  };
  const changed = Object.keys(patch).length > 0;
  const nameProblem = checkName(name);
  const emailProblem = checkEmail(email);
  const refused = save.error ? explain(save.error) : undefined;
  const emailTaken =
    refused?.code === 'login_taken' ? 'Somebody has this e-mail address already.' : undefined;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (nameProblem || emailProblem) return document.getElementById(nameProblem ? 'name' : 'email')?.focus();
    if (changed) save.mutate(patch);
  };
  const reset = () => {
    setName(person.name);
    setEmail(person.email);
    setRole(person.role);
    setPush(pushWayOf(person.push.override));
    save.reset();
  };

  return (
    <Section title="Details">
      {refused && !emailTaken && <Failure error={save.error} what="The person was not saved." />}
      <form onSubmit={submit} noValidate>
        <Stack gap="lg">
          <TextInput
            id="name"
            label="Name"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={refused?.fields['name'] ?? nameProblem}
            autoComplete="off"
          />
          <TextInput
            id="email"
            label="E-mail address"
            type="email"
            value={email}
            onChange={(event) => {
              setEmail(event.currentTarget.value);
              if (save.error) save.reset();
            }}
            error={emailTaken ?? refused?.fields['email'] ?? emailProblem}
            autoComplete="off"
          />
          <Select
            label="Role"
            description={roleMeanings[role]}
            data={roles
              .filter((each) => each === person.role || mayGrant(me, each))
              .map((value) => ({ value, label: roleNames[value] }))}
            value={role}
            onChange={(value) => value && setRole(value)}
            allowDeselect={false}
          />
          <Radio.Group
            label="Mobile push"
            description="Whether this person may set up a phone and sign in with it."
            value={push}
            onChange={(value) => setPush(value)}
          >
            <Stack gap="xs" mt="xs">
              <Radio
                value="organization"
                label={`Follow the organisation${organizationHasPush === undefined ? '' : organizationHasPush ? ' (on)' : ' (off)'}`}
              />
              <Radio value="on" label="On for this person" />
              <Radio value="off" label="Off for this person" />
            </Stack>
          </Radio.Group>
          {push === 'off' && person.push.override !== false && person.factors.includes('push') && (
            <Text size="sm" c="var(--cs-warning)">
              This phone is their second factor: with mobile push off they cannot sign in where one is
              required.
            </Text>
          )}
          <Group>
            <Button type="submit" loading={save.isPending} disabled={!changed}>
              Save changes
            </Button>
            {changed && (
              <Button variant="default" onClick={reset} disabled={save.isPending}>
                Discard
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
