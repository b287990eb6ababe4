import { MultiSelect, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { Named } from '@countersign/protocol/wire';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { listApplications, listHostGroups, listPeople } from '../server/admin-api.ts';
import { targetNames } from './rule-words.ts';

/** Chooses people; the server finds them while one types. */
export function PeoplePicker({ chosen, onChange }: { chosen: Named[]; onChange: (people: Named[]) => void }) {
  const [typed, setTyped] = useState('');
  const [words] = useDebouncedValue(typed.trim(), 250);
  const { data } = useQuery({
    queryKey: ['people', 'picker', words],
    queryFn: () => listPeople({ q: words || undefined }),
    placeholderData: keepPreviousData,
  });
  const known = new Map([...(data?.items ?? []), ...chosen].map(({ id, name }) => [id, name]));
  return (
    <MultiSelect
      label="People"
      placeholder={chosen.length === 0 ? 'Search for a person' : undefined}
      data={[...known].map(([value, label]) => ({ value, label }))}
      value={chosen.map(({ id }) => id)}
      onChange={(ids) => onChange(ids.map((id) => ({ id, name: known.get(id)! })))}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage="Nobody found"
      maxValues={100}
      hidePickedOptions
    />
  );
}

/** What somebody may want to get into: `value` as the server names it, and a label. */
function useTargets(typed: string): { value: string; label: string }[] {
  const [words] = useDebouncedValue(typed.trim(), 250);
  const q = words || undefined;
  const applications = useQuery({
    queryKey: ['applications', 'picker', words],
    queryFn: () => listApplications(q),
    placeholderData: keepPreviousData,
  });
  const groups = useQuery({
    queryKey: ['host groups', 'picker', words],
    queryFn: () => listHostGroups(q),
    placeholderData: keepPreviousData,
  });
  return [
    ...Object.entries(targetNames).map(([value, label]) => ({ value, label: capital(label) })),
    ...(applications.data?.items ?? []).map(({ id, name }) => ({
      value: `application:${id}`,
      label: name,
    })),
    ...(groups.data?.items ?? []).map(({ id, name }) => ({
      value: `host_group:${id}`,
      label: `Hosts of ${name}`,
    })),
  ];
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Chooses several; `labels`: of those that are chosen, which need not be among what was found. */
export function TargetsPicker(props: {
  chosen: string[];
  labels: Record<string, string>;
  error: string | undefined;
  onChange: (targets: string[], labels: Record<string, string>) => void;
}) {
  const { chosen, labels, error, onChange } = props;
  const [typed, setTyped] = useState('');
  const found = useTargets(typed);
  const known = new Map([
    ...chosen.map((value) => [value, labels[value] ?? value] as const),
    ...found.map(({ value, label }) => [value, label] as const),
  ]);
  return (
    <MultiSelect
      id="rule-what"
      label="What they want"
      placeholder={chosen.length === 0 ? 'A portal, an application, hosts, a password reset' : undefined}
      data={[...known].map(([value, label]) => ({ value, label }))}
      value={chosen}
      onChange={(values) => onChange(values, Object.fromEntries(known))}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage="Nothing of this name"
      hidePickedOptions
      error={error}
    />
  );
}

/** Chooses one, not all of a kind. */
export function TargetPicker({ value, onChange }: { value: string; onChange: (target: string) => void }) {
  const [typed, setTyped] = useState('');
  const [label, setLabel] = useState('The User Portal');
  const found = useTargets(typed === label ? '' : typed).filter(({ value: each }) => !each.endsWith('*'));
  const known = new Map([[value, label], ...found.map((each) => [each.value, each.label] as const)]);
  const choose = (target: string | null) => {
    if (target === null) return;
    setLabel(known.get(target)!);
    onChange(target);
  };
  return (
    <Select
      label="What they want"
      data={[...known].map(([each, name]) => ({ value: each, label: name }))}
      value={value}
      onChange={choose}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      allowDeselect={false}
      openOnFocus={false}
      nothingFoundMessage="Nothing of this name"
    />
  );
}
