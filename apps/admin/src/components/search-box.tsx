import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';

interface SearchBoxProps {
  readonly label: string;
  /** What the page is filtered by. */
  readonly value: string;
  readonly onSearch: (q: string | undefined) => void;
}

/** Searches when typing pauses, so that not every letter is a request; keeps the focus, and empties when the filter is cleared elsewhere. */
export function SearchBox({ label, value, onSearch }: SearchBoxProps): ReactNode {
  const [text, setText] = useState(value);
  const [sent, setSent] = useState(value);
  const [seen, setSeen] = useState(value);
  if (value !== seen) {
    setSeen(value);
    if (value !== sent) setText(value);
  }
  const search = useDebouncedCallback(
    (q: string) => {
      setSent(q);
      onSearch(q === '' ? undefined : q);
    },
    { delay: 350 },
  );
  return (
    <TextInput
      aria-label={label}
      placeholder="Find"
      type="search"
      leftSection={<IconSearch size={16} aria-hidden="true" />}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        search(event.currentTarget.value);
      }}
      onBlur={() => search.flush()}
    />
  );
}
