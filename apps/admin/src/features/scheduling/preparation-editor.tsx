import type { PreparationItem } from '@daymark/api-contract';
import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconFileText, IconLink, IconPlus, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useState } from 'react';

interface PreparationEditorProps {
  readonly items: readonly PreparationItem[];
  readonly onChange: (items: readonly PreparationItem[]) => void;
}

/** What people should read before: an address becomes a link, other text a note. */
export function PreparationEditor({ items, onChange }: PreparationEditorProps): ReactNode {
  const [title, setTitle] = useState('');
  const [content, setContent] = useState('');
  const isReady = title.trim() !== '' && content.trim() !== '';
  const add = (): void => {
    const text = content.trim();
    onChange([
      ...items,
      /^https?:\/\//.test(text) ? { kind: 'link', title: title.trim(), url: text } : { kind: 'note', title: title.trim(), text },
    ]);
    setTitle('');
    setContent('');
  };
  return (
    <fieldset className="preparation">
      <legend>Preparation</legend>
      <ul>
        {items.map((item, place) => (
          <li key={`${item.kind} ${item.title} ${place}`} className="row">
            {item.kind === 'link' ? <IconLink size={16} aria-label="Link" /> : <IconFileText size={16} aria-label="Note" />}
            <span className="grow cut">{item.title}</span>
            <ActionIcon aria-label={`Remove ${item.title}`} onClick={() => onChange(items.filter((_, other) => other !== place))}>
              <IconX size={14} aria-hidden="true" />
            </ActionIcon>
          </li>
        ))}
      </ul>
      <TextInput label="What to read" placeholder="Last review" value={title} onChange={(event) => setTitle(event.currentTarget.value)} />
      <TextInput
        label="Address or note"
        placeholder="https://… or a few words"
        value={content}
        onChange={(event) => setContent(event.currentTarget.value)}
      />
      <Button size="xs" disabled={!isReady} leftSection={<IconPlus size={14} aria-hidden="true" />} onClick={add}>
        Add preparation
      </Button>
    </fieldset>
  );
}
