import { Button, Group, Pill, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import listStyles from '../list/list.module.css';
import { SearchBox } from '../list/search-box.tsx';
import { PersonPicker } from '../people/person-picker.tsx';
import { personQuery } from '../people/person-query.ts';
import styles from './events.module.css';
import type { EventSearch } from './search.ts';
import { typeChoices } from './words.ts';

interface Props {
  search: EventSearch;
  onChange: (change: EventSearch) => void;
}

/** What narrows the list; it stands in the address of the page. */
export function EventFilters({ search, onChange }: Props) {
  return (
    <search>
      <div className={listStyles.tools}>
        <div className={listStyles.search}>
          <SearchBox
            label="Search events"
            placeholder="Search by login name, address or type, such as push"
            value={search.q ?? ''}
            onSearch={(words) => onChange({ q: words.trim() || undefined })}
          />
        </div>
      </div>
      <div className={styles.filters}>
        <Select
          label="Type"
          placeholder="Any type"
          data={typeChoices}
          value={search.type ?? null}
          onChange={(type) => onChange({ type: type ?? undefined })}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': 'Any type' }}
          nothingFoundMessage="No such type"
        />
        <About search={search} onChange={onChange} />
        <Day label="From" value={search.from} onChange={(from) => onChange({ from })} />
        <Day label="To" value={search.to} onChange={(to) => onChange({ to })} />
      </div>
      <Others search={search} onChange={onChange} />
    </search>
  );
}

function About({ search: { user }, onChange }: Props) {
  const { data } = useQuery({ ...personQuery(user ?? ''), enabled: user !== undefined });
  return (
    <PersonPicker
      id="event-person"
      label="About"
      chosen={user !== undefined && data ? data : null}
      onChoose={(person) => onChange({ user: person?.id })}
    />
  );
}

function Day(props: {
  label: string;
  value: string | undefined;
  onChange: (day: string | undefined) => void;
}) {
  const { label, value, onChange } = props;
  return (
    <TextInput
      type="date"
      label={label}
      value={value ?? ''}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    />
  );
}

/** What only a link sets, so that it can be seen and taken away. */
function Others({ search: { ip, actor, target }, onChange }: Props) {
  const set = [
    ...(ip === undefined ? [] : [{ name: 'ip', words: `From ${ip}` }]),
    ...(actor === undefined ? [] : [{ name: 'actor', words: `Done by ${actor}` }]),
    ...(target === undefined ? [] : [{ name: 'target', words: `About ${target}` }]),
  ];
  if (set.length === 0) return null;
  return (
    <Group gap="xs" mb="md">
      {set.map(({ name, words }) => (
        <Group key={name} gap={4}>
          <Pill size="md">{words}</Pill>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => onChange({ [name]: undefined })}
            aria-label={`Take away: ${words}`}
          >
            Take away
          </Button>
        </Group>
      ))}
    </Group>
  );
}
