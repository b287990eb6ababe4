import { CloseButton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';

/** Searches while one types, a quarter of a second after the last letter. */
export function SearchBox(props: {
  label: string;
  placeholder?: string;
  value: string;
  onSearch: (words: string) => void;
}) {
  const { label, placeholder, value, onSearch } = props;
  const [typed, setTyped] = useState(value);
  const search = useDebouncedCallback(onSearch, 250);
  const change = (words: string) => {
    setTyped(words);
    search(words);
  };
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={placeholder ?? label}
      maxLength={200}
      value={typed}
      onChange={(event) => change(event.currentTarget.value)}
      leftSection={<IconSearch size={18} aria-hidden />}
      rightSection={
        typed === '' ? undefined : (
          <CloseButton size="sm" aria-label="Clear the search" onClick={() => change('')} />
        )
      }
    />
  );
}
