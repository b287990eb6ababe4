import { Button, Group, PasswordInput, Radio, Select, Stack, TextInput } from '@mantine/core';
import type { CreateUser, Role } from '@countersign/protocol/wire';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { Failure } from '../layout/failure.tsx';
import { useNotices } from '../layout/notice.tsx';
import { Page } from '../layout/page.tsx';
import { addPerson } from '../server/admin-api.ts';
import { explain } from '../server/explain.ts';
import { mayGrant } from '../session/permissions.ts';
import { useSession } from '../session/session.ts';
import { settingsQuery } from '../settings/settings-query.ts';
import { AboveLink } from '../layout/above-link.tsx';
import { checkEmail, checkLogin, checkName, checkPassword } from './fields.ts';
import { roleMeanings, roleNames, roles } from './words.ts';

type Way = 'password' | 'invite';
type Field = 'name' | 'email' | 'login' | 'password';

export function AddPersonPage() {
  const { user } = useSession();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { say } = useNotices();
  const mfaRequired = useQuery(settingsQuery).data?.mfa.required ?? true;

  const [values, setValues] = useState({ name: '', email: '', login: '', password: '' });
  const [role, setRole] = useState<Role>('user');
  const [way, setWay] = useState<Way>('invite');
  const [left, setLeft] = useState<Partial<Record<Field, boolean>>>({});

  const add = useMutation({
    mutationFn: addPerson,
    onSuccess: async (person, { invite }) => {
      client.setQueryData(['person', person.id], person);
      void client.invalidateQueries({ queryKey: ['people'] });
      say(
        invite
          ? `${person.name} was added, and an invitation is on its way to ${person.email}.`
          : `${person.name} was added. Give them the login name and the initial password; they choose their own when they first sign in.`,
        `/people/${person.id}`,
      );
      await navigate({ to: '/people/$id', params: { id: person.id } });
    },
  });

  const problems: Partial<Record<Field, string>> = {
    name: checkName(values.name),
    email: checkEmail(values.email),
    login: checkLogin(values.login),
    password: way === 'password' ? checkPassword(values.password, mfaRequired ? 8 : 15) : undefined,
  };
  const refused = add.error ? explain(add.error) : undefined;
  const byServer: Partial<Record<Field, string>> = {
    ...refused?.fields,
    ...(refused?.code === 'login_taken'
      ? { login: 'Somebody has this login name or e-mail address already.' }
      : {}),
    ...(refused?.code === 'weak_password' ? { password: refused.reasons.join(' ') } : {}),
  };
  const isFieldRefusal = Object.keys(byServer).length > 0;

  const field = (name: Field) => ({
    id: `person-${name}`,
    value: values[name],
    error: byServer[name] ?? (left[name] ? problems[name] : undefined),
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setValues((before) => ({ ...before, [name]: value }));
      if (add.error) add.reset();
    },
    onBlur: () => setLeft((before) => ({ ...before, [name]: values[name] !== '' || before[name] })),
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setLeft({ name: true, email: true, login: true, password: true });
    const wrong = (['name', 'email', 'login', 'password'] as const).find((name) => problems[name]);
    if (wrong) return document.getElementById(`person-${wrong}`)?.focus();
    const body: CreateUser = {
      name: values.name.trim(),
      email: values.email.trim(),
      login: values.login.trim(),
      role,
      ...(way === 'invite' ? { invite: true } : { password: values.password }),
    };
    add.mutate(body);
  };

  return (
    <Page title="Add person" above={<AboveLink to="/people">People</AboveLink>} narrow>
      {refused && !isFieldRefusal && <Failure error={add.error} what="The person was not added." />}
      <form onSubmit={submit} noValidate>
        <Stack gap="lg">
          <TextInput label="Name" autoComplete="off" required {...field('name')} />
          <TextInput label="E-mail address" type="email" autoComplete="off" required {...field('email')} />
          <TextInput
            label="Login name"
            description="What they type to sign in. The e-mail address works in its place. It cannot be changed later."
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            required
            {...field('login')}
          />
          <Select
            label="Role"
            description={roleMeanings[role]}
            data={roles
              .filter((each) => mayGrant(user, each))
              .map((value) => ({ value, label: roleNames[value] }))}
            value={role}
            onChange={(value) => value && setRole(value)}
            allowDeselect={false}
          />
          <Radio.Group label="How they get in the first time" value={way} onChange={(next) => setWay(next)}>
            <Stack gap="sm" mt="xs">
              <Radio
                value="invite"
                label="Invite by mail"
                description="They get a link with which they choose their password."
              />
              <Radio
                value="password"
                label="Set an initial password"
                description="You give it to them yourself; they must replace it when they first sign in."
              />
            </Stack>
          </Radio.Group>
          {way === 'password' && (
            <PasswordInput
              label="Initial password"
              description={`At least ${mfaRequired ? 8 : 15} characters, and not a common one. Several words are best.`}
              autoComplete="new-password"
              required
              visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
              {...field('password')}
            />
          )}
          <Group>
            <Button type="submit" loading={add.isPending}>
              {way === 'invite' ? 'Add and invite' : 'Add person'}
            </Button>
            <Button variant="default" renderRoot={(props) => <Link to="/people" {...props} />}>
              Cancel
            </Button>
          </Group>
        </Stack>
      </form>
    </Page>
  );
}
