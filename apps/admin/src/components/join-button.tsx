import { Button } from '@mantine/core';
import { IconVideo } from '@tabler/icons-react';
import type { ReactNode } from 'react';

interface JoinButtonProps {
  readonly url: string;
  readonly title: string;
  readonly isMain?: boolean;
}

/** Opens the online meeting; only addresses of the web are followed. */
export function JoinButton({ url, title, isMain = false }: JoinButtonProps): ReactNode {
  if (!/^https?:\/\//.test(url)) return null;
  return (
    <Button
      component="a"
      href={url}
      target="_blank"
      rel="noreferrer"
      size={isMain ? 'sm' : 'xs'}
      variant={isMain ? 'filled' : 'default'}
      leftSection={<IconVideo size={16} aria-hidden="true" />}
      aria-label={`Join ${title}`}
    >
      Join
    </Button>
  );
}
