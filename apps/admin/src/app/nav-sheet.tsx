import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';

interface NavSheetProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: ReactNode;
  readonly children: ReactNode;
}

/** Where the rail is on a phone. */
export function Component({ isOpen, onClose, title, children }: NavSheetProps): ReactNode {
  return (
    <Drawer
      opened={isOpen}
      onClose={onClose}
      size={288}
      title={title}
      closeButtonProps={{ 'aria-label': 'Close menu' }}
      classNames={{ body: 'nav-sheet' }}
    >
      {children}
    </Drawer>
  );
}
