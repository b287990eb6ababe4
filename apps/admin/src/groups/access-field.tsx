import { Radio, Stack, Text } from '@mantine/core';
import type { Named } from '@countersign/protocol/wire';
import { GroupPicker } from './group-picker.tsx';

export interface Access {
  access: 'everyone' | 'groups';
  groups: Named[];
}

/** For everyone, or for some groups only. */
export function AccessField(props: {
  label: string;
  everyone: string;
  /** What it means that no group is chosen. */
  nobody: string;
  value: Access;
  onChange: (value: Access) => void;
}) {
  const { label, everyone, nobody, value, onChange } = props;
  const { access, groups } = value;
  return (
    <>
      <Radio.Group
        aria-label={label}
        value={access}
        onChange={(chosen) => onChange({ access: chosen, groups })}
      >
        <Stack gap="sm">
          <Radio value="everyone" label="Everyone" description={everyone} />
          <Radio value="groups" label="These groups only" description="Whoever is in at least one of them." />
        </Stack>
      </Radio.Group>
      {access === 'groups' && (
        <GroupPicker chosen={groups} onChange={(chosen) => onChange({ access, groups: chosen })} />
      )}
      {access === 'groups' && groups.length === 0 && (
        <Text size="sm" c="var(--cs-warning)">
          {nobody}
        </Text>
      )}
    </>
  );
}
