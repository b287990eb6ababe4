import { Button, Group, Stack, Switch, Text, TextInput } from '@mantine/core';
import type { PolicyRule, SimulatePolicies } from '@countersign/protocol/wire';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Callout } from '../layout/callout.tsx';
import { Failure } from '../layout/failure.tsx';
import { Section } from '../layout/section.tsx';
import { PersonPicker, type PickedPerson } from '../people/person-picker.tsx';
import { simulatePolicies } from '../server/admin-api.ts';
import { TargetPicker } from './pickers.tsx';
import { simulationInWords } from './rule-words.ts';

/** Who, what, from where: what would be asked, and which rule says so. */
export function Simulator({ rules, draft }: { rules: PolicyRule[]; draft: boolean }) {
  const [person, setPerson] = useState<PickedPerson | null>(null);
  const [target, setTarget] = useState('portal');
  const [ip, setIp] = useState('');
  const [familiar, setFamiliar] = useState(false);
  const [tried, setTried] = useState(false);
  const simulation = useMutation({
    mutationFn: async (asked: SimulatePolicies) => ({
      rules,
      found: await simulatePolicies(draft ? { ...asked, rules } : asked),
    }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!person) return document.getElementById('simulated-person')?.focus();
    simulation.mutate({ user_id: person.id, target, ip: ip.trim() || null, familiar });
  };
  const change = <T,>(set: (value: T) => void) => {
    return (value: T) => {
      simulation.reset();
      set(value);
    };
  };
  // What other rules said holds no longer.
  const found = simulation.data?.rules === rules ? simulation.data.found : undefined;
  const said = found && simulationInWords(found);
  return (
    <Section
      title="Simulator"
      lead={
        draft
          ? 'What would be asked of somebody by the rules above, which are not saved yet.'
          : 'What would be asked of somebody now, by the decision that a sign-in takes.'
      }
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <Group>
            <PersonPicker
              id="simulated-person"
              label="Who"
              chosen={person}
              onChoose={change(setPerson)}
              error={tried && !person ? 'Choose a person.' : undefined}
            />
          </Group>
          <TargetPicker value={target} onChange={change(setTarget)} />
          <TextInput
            label="From which address"
            description="Empty: nobody knows it."
            value={ip}
            onChange={(event) => change(setIp)(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
          />
          <Switch
            label="In a familiar browser"
            checked={familiar}
            onChange={(event) => change(setFamiliar)(event.currentTarget.checked)}
          />
          <Group>
            <Button type="submit" variant="default" loading={simulation.isPending}>
              Simulate
            </Button>
          </Group>
          {simulation.error && <Failure error={simulation.error} what="It could not be simulated." />}
          {found && said && (
            <Callout
              tone={found.outcome === 'refuse' || found.stuck ? 'warning' : 'info'}
              role="alert"
              title={said.outcome}
            >
              <Text size="sm">{said.rule}</Text>
              <Text size="sm" c="var(--cs-text-quiet)">
                Reason: {found.reason}.
              </Text>
              <Text size="sm" mt="xs">
                {said.enrollment}
              </Text>
            </Callout>
          )}
        </Stack>
      </form>
    </Section>
  );
}
